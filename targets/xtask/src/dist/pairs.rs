//! Two targets at a time.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

/// Does the same with each item, with two of them at any time, and answers in their order. Optimising a whole program, the longest
/// part of a build, keeps one processor busy; more than two would need more memory than a small workstation has.
///
/// # Errors
///
/// The first in that order. No item is begun after one has failed.
pub(crate) fn each<T: Sync, R: Send>(
    items: &[T],
    act: impl Fn(&T) -> Result<R, String> + Sync,
) -> Result<Vec<R>, String> {
    let (waiting, done) = (Mutex::new(items.iter().enumerate()), Mutex::new(BTreeMap::new()));
    let work = || {
        loop {
            let next = waiting.lock().ok().and_then(|mut waiting| waiting.next());
            let Some((number, item)) = next else { break };
            let outcome = act(item);
            if outcome.is_err()
                && let Ok(mut waiting) = waiting.lock()
            {
                waiting.by_ref().for_each(drop);
            }
            if let Ok(mut done) = done.lock() {
                done.insert(number, outcome);
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    done.into_inner().map_err(|_| "a part of the work broke off".to_owned())?.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::each;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn two_are_done_at_a_time_and_answered_in_order() {
        let both = Barrier::new(2);
        let squares = each(&[1, 2, 3, 4], |number| {
            both.wait();
            Ok(number * number)
        });
        assert_eq!(squares, Ok(vec![1, 4, 9, 16]));
        assert_eq!(each(&[0_u8; 0], |_| Ok(())), Ok(vec![]));
    }

    #[test]
    fn nothing_is_begun_after_a_failure() {
        let begun = AtomicUsize::new(0);
        let both = Barrier::new(2);
        let outcome = each(&[1, 2, 3, 4, 5, 6], |number| {
            begun.fetch_add(1, Ordering::Relaxed);
            both.wait();
            Err::<(), _>(number.to_string())
        });
        assert_eq!((outcome, begun.into_inner()), (Err("1".to_owned()), 2));
    }
}
