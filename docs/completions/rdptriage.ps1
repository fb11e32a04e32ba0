# Completion of rdptriage for PowerShell: rdptriage completion powershell >> $PROFILE
Register-ArgumentCompleter -Native -CommandName rdptriage -ScriptBlock {
  param($word, $ast, $position)
  $words = @{
    '' = @('analyze', 'batch', 'merge', 'events', 'inspect', 'explain', 'report', 'ticket', 'diff', 'demo', 'rules', 'schema', 'completion', 'man', '--help', '--version')
    'analyze' = @('--help', '--format', '--output', '--force', '--color', '--why', '--reproducible', '--quiet', '--verbose', '--case-id', '--code', '--jobs', '--around', '--since', '--until', '--user', '--host', '--role', '--tz', '--date-order', '--share', '--share-map', '--rules', '--language', '--rules-only', '--fail-on', '--strict', '--sandbox', '--password-file', '--max-depth', '--max-entries', '--max-expanded', '--max-ratio', '--max-line')
    'batch' = @('--help', '--entries-of', '--from-file', '--paths-from', '--shard', '--output', '--format', '--resume', '--force', '--quiet', '--jobs', '--around', '--since', '--until', '--user', '--host', '--role', '--tz', '--date-order', '--share', '--share-map', '--rules', '--language', '--rules-only', '--fail-on', '--strict', '--sandbox', '--password-file', '--max-depth', '--max-entries', '--max-expanded', '--max-ratio', '--max-line')
    'merge' = @('--help', '--format', '--output', '--force')
    'events' = @('--help', '--format', '--output', '--force', '--channel', '--provider', '--event-id', '--host', '--since', '--until', '--jobs', '--carve', '--sandbox', '--password-file', '--max-depth', '--max-entries', '--max-expanded', '--max-ratio', '--max-line')
    'inspect' = @('--help', '--around', '--since', '--until', '--user', '--host', '--role', '--tz', '--date-order', '--format', '--sandbox', '--password-file', '--max-depth', '--max-entries', '--max-expanded', '--max-ratio', '--max-line')
    'explain' = @('--help', '--format')
    'report' = @('--help', '--format', '--output', '--force', '--share', '--share-map', '--color')
    'ticket' = @('--help', '--for', '--output', '--force')
    'diff' = @('--help', '--format', '--output', '--force', '--jobs', '--sandbox', '--password-file', '--max-depth', '--max-entries', '--max-expanded', '--max-ratio', '--max-line')
    'demo' = @('cap-denied', 'gateway-502', 'nothing-listens', '--help', '--list', '--write', '--format', '--output', '--force')
    'rules' = @('match', 'list', 'lint', 'test', 'explain', '--help')
    'rules match' = @('--help', '--placeholders', '--logsource-map', '--keep-going', '--rules', '--format', '--use-logsource', '--jobs', '--sandbox', '--password-file', '--max-depth', '--max-entries', '--max-expanded', '--max-ratio', '--max-line')
    'rules list' = @('--help', '--placeholders', '--logsource-map', '--keep-going', '--rules', '--format')
    'rules lint' = @('--help', '--placeholders', '--logsource-map', '--keep-going', '--rules', '--sigma')
    'rules test' = @('--help', '--placeholders', '--logsource-map', '--keep-going', '--rules')
    'rules explain' = @('--help', '--placeholders', '--logsource-map', '--keep-going', '--rules')
    'schema' = @('--help')
    'completion' = @('bash', 'zsh', 'fish', 'powershell', '--help')
    'man' = @('--help', '--markdown')
  }
  $choices = @{
    'analyze --color' = @('auto', 'always', 'never')
    'analyze --date-order' = @('auto', 'dmy', 'mdy', 'ymd')
    'analyze --fail-on' = @('note', 'warning', 'error')
    'analyze --sandbox' = @('auto', 'always', 'never')
    'batch --date-order' = @('auto', 'dmy', 'mdy', 'ymd')
    'batch --fail-on' = @('note', 'warning', 'error')
    'batch --sandbox' = @('auto', 'always', 'never')
    'events --format' = @('jsonl', 'csv', 'xml', 'timesketch', 'ecs')
    'events --sandbox' = @('auto', 'always', 'never')
    'inspect --date-order' = @('auto', 'dmy', 'mdy', 'ymd')
    'inspect --format' = @('text', 'json')
    'inspect --sandbox' = @('auto', 'always', 'never')
    'explain --format' = @('text', 'json')
    'report --color' = @('auto', 'always', 'never')
    'ticket --for' = @('servicenow', 'jira', 'zendesk', 'freshdesk', 'thehive')
    'diff --format' = @('text', 'json', 'markdown')
    'diff --sandbox' = @('auto', 'always', 'never')
    'rules match --format' = @('text', 'jsonl')
    'rules match --sandbox' = @('auto', 'always', 'never')
    'rules list --format' = @('text', 'jsonl')
  }
  $command = ''
  $before = ''
  foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
    $text = $element.ToString()
    if ($element.Extent.EndOffset -ge $position -and $text -eq $word) { break }
    $longer = "$command $text".Trim()
    if ($words.ContainsKey($longer)) { $command = $longer }
    $before = $text
  }
  $known = $choices["$command $before"]
  if (-not $known) { $known = $words[$command] }
  $known | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
