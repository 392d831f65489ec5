"""Tables of symbols and commands that have one meaning and several spellings."""

from ssdmath.answers.syntax import words

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SYMBOLS = str.maketrans(
    {
        "×": "*", "·": "*", "⋅": "*", "∗": "*", "•": "*", "÷": "/", "∕": "/", "⁄": "/",
        "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "π": "\\pi ", "∞": "\\infty ",
        "≤": "\\le ", "≥": "\\ge ", "⩽": "\\le ", "⩾": "\\ge ", "≦": "\\le ", "≧": "\\ge ",
        "≠": "\\ne ", "≈": "\\approx ", "≅": "\\approx ", "∣": "|", "∶": ":",
        "∪": "\\cup ", "∩": "\\cap ", "∈": "\\in ", "∉": "\\notin ", "±": "\\pm ", "∓": "\\mp ",
        "°": "^\\circ ", "∅": "\\emptyset ", "∖": "\\setminus ", "√": "\\sqrt ", "∛": "\\sqrt[3]",
        "℃": "^\\circ C", "℉": "^\\circ F",
        "∜": "\\sqrt[4]", "∑": "\\sum ", "∏": "\\prod ",
        "⌊": "\\lfloor ", "⌋": "\\rfloor ", "⌈": "\\lceil ", "⌉": "\\rceil ", "∠": "\\angle ",
        "⟨": "\\langle ", "⟩": "\\rangle ", "€": "\\euro ", "£": "\\pound ", "≡": "\\equiv ",
        "ℝ": "\\mathbb{R}", "ℤ": "\\mathbb{Z}", "ℕ": "\\mathbb{N}", "ℚ": "\\mathbb{Q}",
        "ℂ": "\\mathbb{C}", "…": "\\dots ", "∧": "\\text{and}", "∨": "\\text{or}",
    }
)  # fmt: skip
RENAMED = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "dbinom": "binom", "tbinom": "binom",
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "leq": "le", "leqslant": "le", "geq": "ge",
    "leqq": "le", "geqq": "ge",
    "geqslant": "ge", "neq": "ne", "lt": "<", "gt": ">", "lbrace": "\\{", "rbrace": "\\}",
    "lbrack": "[", "rbrack": "]", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|",
    "infin": "infty", "varnothing": "emptyset", "degree": "^\\circ ", "lparen": "(", "rparen": ")",
    "langle": "(", "rangle": ")",
    "land": "\\text{and}", "lor": "\\text{or}", "wedge": "\\text{and}", "vee": "\\text{or}",
    "colon": ":", "exp": "exp", "percent": "\\%", "dollar": "\\$", "tg": "tan", "arctg": "arctan",
    "ctg": "cot", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "ldots": "\\dots", "cdots": "\\dots", "dotsc": "\\dots", "dotsb": "\\dots", "sim": "\\approx",
    "approxeq": "\\approx", "backslash": "\\setminus", "smallsetminus": "\\setminus",
    "thinspace": "\\,", "quad": "\\ ", "qquad": "\\ ", "enspace": "\\ ", "space": "\\ ",
    "bar": "overline", "overrightarrow": "vec", "widehat": "hat", "widetilde": "tilde",
    "uppi": "pi", "iff": "\\Leftrightarrow", "pounds": "\\pound",
}  # fmt: skip
DROPPED = words(
    "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr "
    "displaystyle textstyle scriptstyle limits nolimits rm bf it boldmath nonumber null "
    "underline ensuremath boxed fbox mathop tiny small normalsize large Large LARGE huge Huge"
)
# Words in upright text; letters in another type face are the same letters.
TEXTS = words("text textbf textrm textit textsf mbox hbox textnormal emph texttt")
FACES = words(
    "mathrm mathbf mathit mathsf operatorname boldsymbol bm mathcal mathtt mathnormal pmb"
)
