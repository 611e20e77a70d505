//! Controls that wait for each other.

/// The circles among `edges[i]`, what number `i` waits for. Each is a path along edges whose last number waits for
/// its first; no number is in two of them.
pub(super) fn circles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Never,
        OnPath,
        Done,
    }
    let mut seen = vec![Seen::Never; edges.len()];
    let mut reported = vec![false; edges.len()];
    let mut found = Vec::new();
    for start in 0..edges.len() {
        // A stack of our own: a chain of controls may be longer than the machine's stack.
        let mut path: Vec<(usize, usize)> = Vec::new();
        let mut next = Some(start).filter(|start| seen[*start] == Seen::Never);
        loop {
            if let Some(node) = next.take() {
                seen[node] = Seen::OnPath;
                path.push((node, 0));
            }
            let Some((node, edge)) = path.last_mut() else { break };
            match edges[*node].get(*edge).copied() {
                Some(target) => {
                    *edge += 1;
                    if seen[target] == Seen::Never {
                        next = Some(target);
                    } else if seen[target] == Seen::OnPath {
                        let from = path.iter().position(|(node, _)| *node == target).unwrap_or(0);
                        let circle: Vec<usize> = path[from..].iter().map(|(node, _)| *node).collect();
                        if !circle.iter().any(|node| reported[*node]) {
                            circle.iter().for_each(|node| reported[*node] = true);
                            found.push(circle);
                        }
                    }
                }
                None => {
                    seen[*node] = Seen::Done;
                    path.pop();
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn circles_are_found_and_spelled_out() {
        assert_eq!(circles(&[vec![], vec![0], vec![0, 1]]), Vec::<Vec<usize>>::new());
        assert_eq!(circles(&[vec![0]]), [[0]]);
        assert_eq!(circles(&[vec![1], vec![2], vec![0], vec![0]]), [[0, 1, 2]]);
        assert_eq!(circles(&[vec![1], vec![0], vec![3], vec![2]]), [[0, 1], [2, 3]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let chain: Vec<Vec<usize>> =
            (0..200_000usize).map(|i| i.checked_sub(1).into_iter().collect()).collect();
        assert!(circles(&chain).is_empty());
    }

    proptest! {
        #[test]
        fn there_is_a_circle_unless_there_is_an_order(edges in prop::collection::vec(prop::collection::vec(0usize..8, 0..3), 8)) {
            let mut left: Vec<usize> = (0..8).collect();
            loop {
                let before = left.len();
                let waiting = left.clone();
                left.retain(|node| edges[*node].iter().any(|target| waiting.contains(target)));
                if left.len() == before { break }
            }
            let found = circles(&edges);
            prop_assert_eq!(found.is_empty(), left.is_empty());
            for circle in found {
                for (i, node) in circle.iter().enumerate() {
                    prop_assert!(edges[*node].contains(&circle[(i + 1) % circle.len()]));
                }
            }
        }
    }
}
