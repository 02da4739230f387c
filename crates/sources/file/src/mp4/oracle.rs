//! The sample lists of real footage, held against another demuxer's (re_mp4).

use std::fs::File;

use ocelli_testkit::asset;

use super::VideoTrack;

#[test]
fn sample_lists_agree_with_another_demuxer() {
    for name in ["slow_traffic_small", "pup_sample", "car-detection", "one-by-one-person-detection"] {
        let Some(path) = asset(&format!("media/{name}.mp4")) else { return };
        let file = File::open(&path).unwrap();
        let track = VideoTrack::read(&file, &path, file.metadata().unwrap().len()).unwrap();
        let (other, _) = re_mp4::Mp4::read_file(&path).unwrap();
        let is_video = |track: &&re_mp4::Track| track.kind == Some(re_mp4::TrackKind::Video);
        let other = other.tracks().values().find(is_video).unwrap();
        assert_eq!(u64::from(track.timescale), other.timescale);
        assert_eq!(track.samples.len(), other.samples.len(), "{name}");
        for (ours, theirs) in track.samples.iter().zip(&other.samples) {
            let ours = (ours.offset, u64::from(ours.bytes), ours.shown_ticks);
            assert_eq!(ours, (theirs.offset, theirs.size, theirs.composition_timestamp), "{name}");
        }
        assert_eq!(track.cut_at, None);
    }
}
