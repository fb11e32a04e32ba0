# What zsh makes of a command line and a tab, in a shell of its own:
#   zsh -f complete_in_zsh.zsh SCRIPT 'rdptriage ticket r.json --for ji'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT= ; stty -echo; autoload -U compinit; compinit -D -u; source $1; compdef _rdptriage rdptriage; bindkey '^I' expand-or-complete; unsetopt beep; print REA''DY"
zpty -r -m shell line '*READY*'
zpty -w -n shell "$2"$'\t'
sleep 1
zpty -w -n shell $'\x15'
zpty -w shell "print E''ND"
zpty -r -m shell line '*END*'
print -r -- "$line"
zpty -d shell
