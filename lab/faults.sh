# What vivid can do wrong, in the middle of a run, and what is said of it.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
start() {
    timeout -s INT 4 ocelli run 'v4l2:///dev/video0?size=640x480&fps=30' \
        --model none --sink "jsonl:$1.jsonl" --summary "$1.json" 2>"$1.err" &
    usleep 1500000
}
end() {
    status=0
    wait $! || status=$?
    echo "$status" >"$1.status"
}
inject() { v4l2-ctl -d /dev/video0 -c "$1"; }

start dropped
inject percentage_of_dropped_buffers=30
end dropped
inject percentage_of_dropped_buffers=0

start error_flag
for _ in 1 2 3; do inject inject_v4l2_buf_flag_error=1; usleep 200000; done
end error_flag

start wrap
inject wrap_sequence_number=1
end wrap
inject wrap_sequence_number=0

start busy
timeout -s INT 4 ocelli run /dev/video0 --model none >/dev/null 2>busy2.err || true
end busy

start qbuf
inject inject_vidioc_qbuf_error=1
end qbuf

start fatal
inject inject_fatal_streaming_error=1
end fatal

start unplugged
inject disconnect=1
end unplugged
