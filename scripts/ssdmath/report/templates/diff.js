// ---- the words of two texts that the other one lacks: a longest common subsequence of words

const CELLS = 12_000_000; // of the table of lengths; two draws as long as the page holds stay below

// Runs of letters and digits, and single other characters, each with the white space after it.
const wordsOf = (text) => text.match(/^\s+|[\p{L}\p{N}]+\s*|[^\p{L}\p{N}\s]\s*/gu) ?? [];

// lengths[i * width + j]: of the longest common subsequence of a[i:] and b[j:].
function commonLengths(a, b) {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] = a[i] === b[j]
        ? lengths[at + width + 1] + 1 : Math.max(lengths[at + width], lengths[at + 1]);
    }
  }
  return lengths;
}

// Two arrays of booleans: whether a word is in the common subsequence.
function commonWords(a, b) {
  const inA = new Array(a.length).fill(false), inB = new Array(b.length).fill(false);
  if ((a.length + 1) * (b.length + 1) > CELLS) return [inA, inB];
  const lengths = commonLengths(a, b), width = b.length + 1;
  let i = 0, j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) { inA[i++] = true; inB[j++] = true; }
    else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i++;
    else j++;
  }
  return [inA, inB];
}

// Consecutive words of one kind as one piece: [text, whether both have it].
function pieces(words, common) {
  const joined = [];
  words.forEach((word, i) => {
    const last = joined.at(-1);
    if (last && last[1] === common[i]) last[0] += word;
    else joined.push([word, common[i]]);
  });
  return joined;
}

// The pieces of both texts; together the pieces of a text are the text.
function differences(a, b) {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const [inLeft, inRight] = commonWords(left.map((w) => w.trim()), right.map((w) => w.trim()));
  return [pieces(left, inLeft), pieces(right, inRight)];
}
