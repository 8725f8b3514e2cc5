# Tab completion for importai-tui in fish. The program prints the functions, so that they always fit its version.
importai-tui completion fish 2>/dev/null | source
