# What vivid can do wrong, in the middle of a run, and what is said of it.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
. /lab/faults_of.sh

start dropped
inject percentage_of_dropped_buffers=30
usleep 1000000
inject percentage_of_dropped_buffers=0
over

start error_flag
for _ in 1 2 3; do inject inject_v4l2_buf_flag_error=1; usleep 200000; done
over

start wrap
inject wrap_sequence_number=1
usleep 1000000
inject wrap_sequence_number=0
over

start busy
timeout -s INT 4 ocelli run 'v4l2:///dev/video0?reconnect=0' --model none >/dev/null 2>busy2.err || true
over

start qbuf
inject inject_vidioc_qbuf_error=1
over

start fatal
inject inject_fatal_streaming_error=1
over

# What is done then may fail as well, once.
start fatal_reqbufs
inject inject_vidioc_reqbufs_error=1,inject_fatal_streaming_error=1
over

start fatal_streamon
inject inject_vidioc_streamon_error=1,inject_fatal_streaming_error=1
over

start stalled
inject percentage_of_dropped_buffers=100
usleep 4000000
inject percentage_of_dropped_buffers=0
over

start unplugged
inject disconnect=1
over

# Its node vanishes, until it is there again.
start unbound
echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind
usleep 2000000
echo vivid.0 >/sys/bus/platform/drivers/vivid/bind
over
modprobe -r vivid
