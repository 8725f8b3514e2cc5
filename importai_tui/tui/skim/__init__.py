"""The skim screen: an issue as headlines, reasons why they matter, and cited links."""
