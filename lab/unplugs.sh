# A hundred times the camera goes, and comes again: what the process has open and mapped is counted before and after.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
. /lab/faults_of.sh
count() { echo "$(ls /proc/$run/fd | wc -l) $(grep -c /dev/video /proc/$run/maps) $(wc -l </proc/$run/maps)"; }
again() {
    for _ in $(seq 200); do
        # One may have been on its way.
        if [ "$(results)" -gt $((seen + 1)) ]; then return; fi
        usleep 10000
    done
    false
}
start unplugs
set +x
for n in $(seq 101); do
    inject disconnect=1
    seen=$(results)
    again
    # The first time round, what is made once is made.
    if [ "$n" = 1 ]; then count >before; fi
done
count >after
set -x
over
modprobe -r vivid
