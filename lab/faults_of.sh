# For scenarios with faults: a run of a camera, a fault, and how long it takes until there are results again.
# Leaves NAME.jsonl, NAME.json, NAME.err, NAME.status, and NAME.cs: hundredths of a second from the fault's end.
camera='v4l2:///dev/video0?size=640x480&fps=30'
start() {
    name=$1
    shift
    ocelli run "$camera" --model none --sink "jsonl:$name.jsonl" --summary "$name.json" "$@" 2>"$name.err" &
    run=$!
    usleep 1500000
}
inject() { v4l2-ctl -d /dev/video0 -c "$1"; }
results() { wc -l <"$name.jsonl"; }
now_cs() {
    read -r uptime _ </proc/uptime
    echo "${uptime%.*}${uptime#*.}"
}
# The fault is over from now on: waits for the next result, three seconds at most.
over() {
    from=$(now_cs) seen=$(results)
    while [ "$(results)" -le "$seen" ] && [ $(($(now_cs) - from)) -lt 300 ]; do usleep 10000; done
    echo $(($(now_cs) - from)) >"$name.cs"
    end
}
# A second later, the run is over too.
end() {
    usleep 1000000
    kill -INT $run || true
    status=0
    wait $run || status=$?
    echo "$status" >"$name.status"
}
