//! [`Custody`]: one value that many threads work on, one at a time, and that nobody waits for without an end.
//!
//! A mutex would do if whoever locks it always unlocked it. But a thread that meets a defect neither unwinds nor ends the
//! process (docs/rationale.md, "Why does a panic abort"): what it has locked stays locked, and one observation's defect
//! would become everybody's wait. Here the value is gone with that thread, and the others are told so.

use crate::{Code, Error};
use alloc::boxed::Box;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(super) struct Custody<T> {
    place: Mutex<Place<T>>,
    back: Condvar,
    patience: Duration,
}

struct Place<T> {
    /// None while somebody works on it.
    value: Option<Box<T>>,
    taken: Instant,
    waiting: usize,
}

impl<T> Custody<T> {
    /// `patience` is how long somebody may work on the value; who takes longer has met a defect.
    pub(super) fn new(value: T, patience: Duration) -> Self {
        let place = Place { value: Some(Box::new(value)), taken: Instant::now(), waiting: 0 };
        Self { place: Mutex::new(place), back: Condvar::new(), patience }
    }

    /// Works on the value, once nobody else does.
    ///
    /// # Errors
    ///
    /// [`Code::Other`] where it has not come back from somebody else for longer than patience lasts.
    pub(super) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> Result<R, Error> {
        let mut value = self.take()?;
        let result = work(&mut value);
        self.put_back(value);
        Ok(result)
    }

    fn take(&self) -> Result<Box<T>, Error> {
        let mut place = self.place();
        loop {
            if let Some(value) = place.value.take() {
                place.taken = Instant::now();
                return Ok(value);
            }
            let left = self.patience.saturating_sub(place.taken.elapsed());
            if left.is_zero() {
                return Err(Error::new(
                    Code::Other,
                    "the network stack is lost: another observation met a defect in the middle of it. Run the \
                     checks again without that one, and please report what it says",
                ));
            }
            place.waiting += 1;
            place = self.back.wait_timeout(place, left).unwrap_or_else(PoisonError::into_inner).0;
            place.waiting -= 1;
        }
    }

    fn put_back(&self, value: Box<T>) {
        let mut place = self.place();
        place.value = Some(value);
        // To notify is a system call, whether anybody waits or not.
        let waiting = place.waiting > 0;
        drop(place);
        if waiting {
            self.back.notify_one();
        }
    }

    fn place(&self) -> MutexGuard<'_, Place<T>> {
        // Nothing panics while it is locked.
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn one_at_a_time_works_on_it() {
        let count = Custody::new(0_u32, Duration::from_secs(60));
        thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| (0..1000).for_each(|_| count.with(|count| *count += 1).unwrap()));
            }
        });
        assert_eq!(count.with(|count| *count), Ok(8000));
    }

    #[test]
    fn what_somebody_never_gives_back_is_lost() {
        let custody = Custody::new((), Duration::from_millis(50));
        let defect = thread::scope(|threads| threads.spawn(|| custody.with(|()| panic!("a defect"))).join());
        assert!(defect.is_err());
        for _ in 0..2 {
            let error = custody.with(|()| ()).unwrap_err();
            assert_eq!(error.code(), Code::Other);
            assert!(error.message().contains("is lost"), "{error}");
        }
    }

    #[test]
    fn what_comes_back_late_is_not() {
        let custody = Custody::new((), Duration::from_secs(60));
        thread::scope(|threads| {
            let (taken, seen) = std::sync::mpsc::channel();
            let custody = &custody;
            threads.spawn(move || {
                custody.with(|()| {
                    taken.send(()).unwrap();
                    thread::sleep(Duration::from_millis(50));
                })
            });
            seen.recv().unwrap();
            assert_eq!(custody.with(|()| ()), Ok(()));
        });
    }
}
