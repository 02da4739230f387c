# Pictures that stand still, then are black, then move again; once told, once left out.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
. /lab/faults_of.sh
pass() {
    inject osd_text_mode=2,test_pattern=0,horizontal_movement=5
    start "$@"
    inject horizontal_movement=3
    usleep 4000000
    inject test_pattern=5
    usleep 1500000
    inject test_pattern=0,horizontal_movement=5
    end
}
pass told
pass left_out --on-frozen skip
modprobe -r vivid
