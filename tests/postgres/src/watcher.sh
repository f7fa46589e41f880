# Creates a server's data, waits for the end of the process that uses it, and removes everything.
# Arguments: the folder, that of the data, the program initdb and its arguments.
folder=$1 data=$2
shift 2
trap '' PIPE INT TERM HUP
"$@" >"$folder/log" 2>&1 && echo ready || echo failed
# Standard input is a pipe, which the kernel closes however the process ends.
cat >/dev/null
if pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null); then
    # It may be stopped. A server that is quit removes its file.
    kill -QUIT "$pid"
    kill -CONT "$pid" $(cat "/proc/$pid/task/$pid/children")
    for _ in $(seq 100); do
        [ -e "$data/postmaster.pid" ] && kill -0 "$pid" || break
        sleep 0.05
    done
fi 2>/dev/null
rm -rf "$folder" "$data"
