"""What click tells bash, zsh and fish, with flow files as each of them shows paths. Importing it makes click know."""

from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete, add_completion_class

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n'
    local response completion type value
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete $1 2> /dev/null)
    for completion in $response; do
        IFS=',' read -r type value <<< "$completion"
        case $type in
            flow) compopt -o filenames 2> /dev/null; COMPREPLY+=("$value") ;;
            dir) COMPREPLY=(); compopt -o dirnames 2> /dev/null ;;
            file) COMPREPLY=(); compopt -o default 2> /dev/null ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a completions completions_with_descriptions response
    local type key descr flows
    (( ! $+commands[%(prog_name)s] )) && return 1
    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete %(prog_name)s 2> /dev/null)}")
    for type key descr in ${response}; do
        case $type in
            flow) [[ "$key" == *.(json|yaml|yml) ]] && flows='*.(json|yaml|yml)' || flows=${flows:-'*.flow'} ;;
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            plain)
                if [[ "$descr" == "_" ]]; then completions+=("$key")
                else completions_with_descriptions+=("$key":"$descr")
                fi ;;
        esac
    done
    if [[ -n "$flows" ]]; then _files -g "$flows"; fi
    if [[ -n "$completions_with_descriptions" ]]; then _describe -V unsorted completions_with_descriptions -U; fi
    if [[ -n "$completions" ]]; then compadd -U -V unsorted -a completions; fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) \\
        %(prog_name)s 2> /dev/null)
    for completion in $response
        set -l metadata (string split -m 1 "," $completion)
        switch $metadata[1]
            case dir
                __fish_complete_directories $metadata[2]
            case file
                __fish_complete_path $metadata[2]
            case flow
                if test -d $metadata[2]
                    echo $metadata[2]/
                else
                    echo $metadata[2]
                end
            case plain
                echo $metadata[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class Bash(BashComplete):
    source_template = _BASH

    @staticmethod
    def _check_version() -> None:
        """Not asked: the script may be written where another shell is used, and `nosort` came ten years ago."""


class Zsh(ZshComplete):
    source_template = _ZSH


class Fish(FishComplete):
    source_template = _FISH


SHELLS: dict[str, type[ShellComplete]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}

for _name, _class in SHELLS.items():
    add_completion_class(_class, _name)
