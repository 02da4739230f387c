# An HDMI input whose signal goes and comes again, and one that comes in another size.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=3
. /lab/faults_of.sh
camera=/dev/video0

start lost
inject dv_timings_signal_mode=1
usleep 2000000
inject dv_timings_signal_mode=0
over

# From 1280x720 to 720x480.
start changed
inject dv_timings_signal_mode=4,dv_timings=2
over
modprobe -r vivid
