# A USB camera that is unplugged in the middle of a run and plugged in again, and one that stops sending for a while.
. /lab/usb_of.sh
. /lab/faults_of.sh
camera='v4l2:///dev/video0?size=320x240&fps=30&format=YUYV'

plug_in
start replugged --sink images:replugged
unplug
usleep 1000000
plug_in
over
unplug

# While it is away, another takes its place.
plug_in
start other
unplug
lab camera --port 1 --serial 0002 &
stranger=$!
usleep 2000000
results >other.before
usleep 1000000
results >other.after
plug_in
over
unplug
kill $stranger
wait $stranger || true
usleep 500000

plug_in --stall-at 30 --stall-ms 4000
start stalled
usleep 3500000
over
unplug
