# Completion of rdptriage for bash: rdptriage completion bash > ~/.local/share/bash-completion/completions/rdptriage
_rdptriage() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command='' commands='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${command:+$command }${COMP_WORDS[i]}" in
    'analyze'|'batch'|'merge'|'events'|'inspect'|'explain'|'report'|'ticket'|'diff'|'demo'|'rules'|'rules match'|'rules list'|'rules lint'|'rules test'|'rules explain'|'schema'|'completion'|'man')
      command="${command:+$command }${COMP_WORDS[i]}" ;;
    esac
  done
  case "$command $before" in
    'analyze --color') COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    'analyze --date-order') COMPREPLY=($(compgen -W 'auto dmy mdy ymd' -- "$word")); return ;;
    'analyze --fail-on') COMPREPLY=($(compgen -W 'note warning error' -- "$word")); return ;;
    'analyze --sandbox') COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    'batch --date-order') COMPREPLY=($(compgen -W 'auto dmy mdy ymd' -- "$word")); return ;;
    'batch --fail-on') COMPREPLY=($(compgen -W 'note warning error' -- "$word")); return ;;
    'batch --sandbox') COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    'events --format') COMPREPLY=($(compgen -W 'jsonl csv xml timesketch ecs' -- "$word")); return ;;
    'events --sandbox') COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    'inspect --date-order') COMPREPLY=($(compgen -W 'auto dmy mdy ymd' -- "$word")); return ;;
    'inspect --format') COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
    'inspect --sandbox') COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    'explain --format') COMPREPLY=($(compgen -W 'text json' -- "$word")); return ;;
    'report --color') COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    'ticket --for') COMPREPLY=($(compgen -W 'servicenow jira zendesk freshdesk thehive' -- "$word")); return ;;
    'diff --format') COMPREPLY=($(compgen -W 'text json markdown' -- "$word")); return ;;
    'diff --sandbox') COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    'rules match --format') COMPREPLY=($(compgen -W 'text jsonl' -- "$word")); return ;;
    'rules match --sandbox') COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
    'rules list --format') COMPREPLY=($(compgen -W 'text jsonl' -- "$word")); return ;;
  esac
  case "$command" in
    '') options='-h --help --version' ;;
    'analyze') options='-h --help --format -o --output --force --color --why --reproducible -q --quiet -v --verbose --case-id --code --jobs --around --since --until --user --host --role --tz --date-order --share --share-map --rules --language --rules-only --fail-on --strict --sandbox --password-file --max-depth --max-entries --max-expanded --max-ratio --max-line' ;;
    'batch') options='-h --help --entries-of --from-file --paths-from --shard -o --output --format --resume --force -q --quiet --jobs --around --since --until --user --host --role --tz --date-order --share --share-map --rules --language --rules-only --fail-on --strict --sandbox --password-file --max-depth --max-entries --max-expanded --max-ratio --max-line' ;;
    'merge') options='-h --help --format -o --output --force' ;;
    'events') options='-h --help --format -o --output --force --channel --provider --event-id --host --since --until --jobs --carve --sandbox --password-file --max-depth --max-entries --max-expanded --max-ratio --max-line' ;;
    'inspect') options='-h --help --around --since --until --user --host --role --tz --date-order --format --sandbox --password-file --max-depth --max-entries --max-expanded --max-ratio --max-line' ;;
    'explain') options='-h --help --format' ;;
    'report') options='-h --help --format -o --output --force --share --share-map --color' ;;
    'ticket') options='-h --help --for -o --output --force' ;;
    'diff') options='-h --help --format -o --output --force --jobs --sandbox --password-file --max-depth --max-entries --max-expanded --max-ratio --max-line' ;;
    'demo') options='-h --help --list --write --format -o --output --force' ;;
    'rules') options='-h --help' ;;
    'rules match') options='-h --help --placeholders --logsource-map --keep-going --rules --format --use-logsource --jobs --sandbox --password-file --max-depth --max-entries --max-expanded --max-ratio --max-line' ;;
    'rules list') options='-h --help --placeholders --logsource-map --keep-going --rules --format' ;;
    'rules lint') options='-h --help --placeholders --logsource-map --keep-going --rules --sigma' ;;
    'rules test') options='-h --help --placeholders --logsource-map --keep-going --rules' ;;
    'rules explain') options='-h --help --placeholders --logsource-map --keep-going --rules' ;;
    'schema') options='-h --help' ;;
    'completion') options='-h --help' ;;
    'man') options='-h --help --markdown' ;;
  esac
  case "$command" in
    '') commands='analyze batch merge events inspect explain report ticket diff demo rules schema completion man' ;;
    'demo') commands='cap-denied gateway-502 nothing-listens' ;;
    'rules') commands='match list lint test explain' ;;
    'completion') commands='bash zsh fish powershell' ;;
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  else
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -W "$commands" -- "$word") $(compgen -f -- "$word"))
  fi
}
complete -F _rdptriage rdptriage
