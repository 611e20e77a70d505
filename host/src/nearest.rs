//! What someone may have meant.

/// The one of `known` that is most like `word`, if one is like it at all.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Long words are no slips of the pen, and comparing them costs.
    let word: Vec<char> = word.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if word.len() > LONGEST {
        return None;
    }
    // In a word of one letter, any other letter would be near.
    let within = match word.len() {
        0 | 1 => 0,
        length => (length / 3).max(1),
    };
    known
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|(distance, _)| *distance <= within)
        // Of two that are as like it the first by the alphabet: `known` may come in any order, and advice is the same each time.
        .min()
        .map(|(_, candidate)| candidate)
}

/// The advice that goes with an unknown word: the nearest known one, or all of them if they are few.
pub(crate) fn advice(word: &str, known: &[&str], what: &str) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() || known.len() > 16 => String::new(),
        None => format!("{what}: {}", known.join(", ")),
    }
}

const LONGEST: usize = 64;

/// How many letters have to be changed, put in, left out or swapped with their neighbour.
fn distance(word: &[char], candidate: &str) -> usize {
    let candidate: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
    if candidate.len().abs_diff(word.len()) > LONGEST {
        return usize::MAX;
    }
    let mut rows = [vec![0; candidate.len() + 1], (0..=candidate.len()).collect::<Vec<_>>(), Vec::new()];
    for (i, letter) in word.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in candidate.iter().enumerate() {
            let mut best =
                (rows[1][j] + usize::from(letter != other)).min(rows[1][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == candidate[j - 1] && word[i - 1] == *other {
                best = best.min(rows[0][j - 1] + 1);
            }
            row.push(best);
        }
        rows[2] = row;
        rows.rotate_left(1);
    }
    rows[1].last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_as_near_it_is_always_the_same() {
        for known in [["riccle", "cicrlfe"], ["cicrlfe", "riccle"]] {
            assert_eq!(nearest("circle", known), Some("cicrlfe"));
        }
    }

    const KEYS: [&str; 4] = ["severity", "name", "tags", "timeout"];

    #[test]
    fn slips_of_the_pen_are_recognised() {
        for (word, meant) in [
            ("severty", "severity"),
            ("tgas", "tags"),
            ("Name", "name"),
            ("time_out", "timeout"),
            ("nmae", "name"),
        ] {
            assert_eq!(nearest(word, KEYS), Some(meant), "{word}");
        }
        assert_eq!(nearest("colour", KEYS), None);
        assert_eq!(nearest(&"a".repeat(10_000), KEYS), None);
        assert_eq!(nearest("", KEYS), None);
    }

    #[test]
    fn a_word_like_none_gets_the_whole_list() {
        assert_eq!(advice("colour", &KEYS, "known keys"), "known keys: severity, name, tags, timeout");
        assert_eq!(advice("tag", &KEYS, "known keys"), "did you mean `tags`?");
    }
}
