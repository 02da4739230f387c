# The system calls of the thread that captures, over a second in the middle of a run.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
ocelli run 'v4l2:///dev/video0?size=640x480&fps=30' --quiet --model none --summary summary.json &
run=$!
usleep 1500000
capturing=
for thread in /proc/$run/task/*; do
    if [ "$(cut -c1-6 "$thread/comm")" = source ]; then capturing=${thread##*/}; fi
done
strace -c -o counts.txt -p "$capturing" &
trace=$!
usleep 2000000
kill -INT $trace
wait $trace || true
kill -INT $run
wait $run
modprobe -r vivid
