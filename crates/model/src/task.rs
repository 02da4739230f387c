//! What a model is for.

use std::fmt;
use std::str::FromStr;

use crate::CardError;

/// What a model is for, by the names that Ultralytics and `--task` use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// Boxes with classes.
    Detect,
    /// One class for the whole picture.
    Classify,
    /// Boxes with keypoints.
    Pose,
    /// Boxes with masks.
    Segment,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 4] = [Self::Detect, Self::Classify, Self::Pose, Self::Segment];

    /// `a … model`, for people.
    pub(crate) fn model(self) -> &'static str {
        match self {
            Self::Detect => "a detection model",
            Self::Classify => "a classification model",
            Self::Pose => "a pose model",
            Self::Segment => "a segmentation model",
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Detect => "detect",
            Self::Classify => "classify",
            Self::Pose => "pose",
            Self::Segment => "segment",
        })
    }
}

impl FromStr for Task {
    type Err = CardError;

    fn from_str(name: &str) -> Result<Self, CardError> {
        Self::ALL.into_iter().find(|task| task.to_string() == name).ok_or_else(|| {
            let known = Self::ALL.map(|task| task.to_string()).join(", ");
            CardError::new(format!("unknown task {name:?}"), format!("the tasks are {known}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for task in Task::ALL {
            assert_eq!(task.to_string().parse(), Ok(task));
        }
        let error = "obb".parse::<Task>().unwrap_err();
        assert_eq!(error.to_string(), "unknown task \"obb\"");
        assert_eq!(error.hint(), "the tasks are detect, classify, pose, segment");
    }
}
