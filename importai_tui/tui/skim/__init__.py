"""The skim screen: an issue as headlines, first sentences and citations."""
