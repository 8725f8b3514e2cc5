# Tab completion for importai-tui in bash. The program prints the functions, so that they always fit its version.
eval "$(importai-tui completion bash 2>/dev/null)"
