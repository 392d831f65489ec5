"""The words that an answer may hold without a change of its value.

Every other word makes a text unreadable: `at least 3`, `half of 5` and `3 million` are not 3.
"""

import re

from ssdmath.answers.syntax import words

# Before a value: "Answer: 5", "There are 5 ways".
FILLERS = words(
    "a an the answer final result value total sum so thus hence therefore is are equals equal "
    "there we have get it they he she which ans solution has have exactly only just precisely both"
)
# Names of quantities, before an equals sign or a colon: "Area = 5", "number of ways: 5".
QUANTITIES = words(
    "area perimeter volume probability sum product number of value answer length width height "
    "radius diameter side sides angle ratio mean median mode range remainder quotient degree "
    "speed distance time cost price profit total result output order rank slope distance count "
    "max min maximum minimum expected surface base ways solutions roots size circumference "
    "required desired largest smallest greatest common term coefficient constant digits digit "
    "and all possible values"
)
# What is said of another value: "the square of x", "the sum of the digits of the answer".
OTHER_VALUE = re.compile(
    r"(?:negative|square|cube) of |of (?:the )?(?:final )?(?:answer|result)", re.IGNORECASE
)
# Between a noun and its qualification: "cups of sugar", "dollars in total", "years old".
TAILS = words(
    "of in total altogether left remaining old each per the a an every long tall high wide"
)
ADJECTIVES = words(
    "different distinct possible positive negative integer integral real complex red blue green "
    "yellow white black brown orange pink purple large small big little good bad new total whole "
    "full empty ordered unordered such valid extra square unique nonnegative odd even prime small "
    "chocolate wooden bare fresh consecutive additional"
)
_COUNTING = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS = {word: value for value, word in enumerate(_COUNTING)}
NUMBER_WORDS |= {word: 10 * value for value, word in enumerate(_TENS, start=2)}
_DIGIT = "|".join(_COUNTING[1:10])
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{_DIGIT}))?|{'|'.join(reversed(_COUNTING))})"
_BELOW_1000 = rf"(?:(?:{_DIGIT}) hundred(?:(?: and)? {_BELOW_100})?|{_BELOW_100})"
_NUMBER = re.compile(
    rf"(?:(?P<thousands>{_BELOW_1000}) thousand(?:(?: and)? (?P<rest>{_BELOW_1000}))?"
    rf"|(?P<only>{_BELOW_1000}))(?![\w-])"
)
NOUNS = words(
    """
    account acre act adult album animal answer ant apple apprentice aquarium arrangement arrow
    article artist atom aunt baby bacterium bag balcony ball balloon banana band bar barrel
    baseball basket basketball bat batch battery bead beagle bean bear beaver bed bedroom bee beer
    bell belt bench berry bicycle bike bill bin bird birthday biscuit bit blanket block blouse boat
    bone bonus book bookcase boot bottle bouquet bow bowl box boy bracelet bracket branch brand
    bread brick bridge brother brownie brush bucket bug building bulb bullet bun bunch bunny burger
    bus bush business butterfly button cabbage cabinet cage cake calculator call calorie camel
    camera camp can candidate candle candy cap car card carrot carton cartoon cartridge case cat
    category cattle cell cent centre chair chapter character chair cheese cherry chess chicken
    chick child children chip chocolate choice circle citizen city class classmate classroom client
    clip clock clothes cloud clown club coat cobra coffee coin colony color colour column
    combination comic company competitor computer concert cone configuration container contestant
    cookie copy corner costume couch couple course court cousin cow cracker crate crayon creature
    crow crown cube cucumber cup cupboard cupcake curtain customer cycle dancer dandelion date
    daughter deck deer degree delivery department desk dessert diagonal diamond dice die digit
    dinner dinosaur dish divisor doctor dog doll dolphin donation donkey donut door dot doughnut
    dragon drawer drawing dress drink driver drop drum duck duckling dumpling eagle ear earring edge
    egg element elephant employee engine envelope episode eraser error event exam exercise
    experiment eye face factor family fan farm farmer fence figure file finger fish fisherman
    flag flavor flavour flight floor flower fly folder food foot football forest fork fountain fox
    fraction frame freshman friend frog fruit function game garage garden gardener gate gem gift
    giraffe girl glass glove goal goat gold goldfish golfer grade grandchild grandchildren grape
    graph grave group guard guest guitar gun guy gym hair hamburger hammer hamster hand handshake
    hat head heart hen hexagon hive hole home horse hotdog hotel house human husband icon idea
    insect instrument integer interval intersection invitation item jacket jar jellybean jelly jewel
    job joke journey judge jug juice jump kangaroo kayak key kid king kitchen kite kitten knife
    knight lake lamp lane language lap laptop leaf leaves lecture leg lemon lesson letter level
    library lie light lily line lion lipstick list lizard loaf loaves locker log lollipop lot lunch
    machine magazine mail man mango map marble mark marker marathon mask match meal mechanic medal
    meeting member men message mice microwave milk minion mistake model moment money monkey monster
    month motorcycle mountain mouse mouth movie muffin mug multiple mushroom musician nail name
    napkin neighbor neighbour nest net newspaper nickel night node note notebook number nurse nut
    object octagon octopus office onion operation option orange orbit order outcome outfit oven owl
    owner ox oyster pack package packet page pail paint painter painting pair pan pancake panel
    pant paper parent parking part partition passenger passport path patient pea peach peak pear
    pearl peanut pebble pen pencil penguin penny pennies pentagon people pepper perch performer
    period permutation person pet phone photo photograph photographer piano pickle picture pie
    piece pig pigeon pill pillow pilot pin pine pipe pirate pizza place plan plane planet plant
    plate platform play player plum pocket poem point pole polygon pond pony pool popcorn popsicle
    post postcard poster pot potato potatoes prize problem product program project puddle pumpkin
    pup pupil puppet puppy purse puzzle pyramid queen question quilt quiz rabbit raccoon
    race racket rail raisin rat ray recipe record rectangle region relative ribbon rider ring river
    road roast robot rock roll room root rope rose round row rug ruler run runner sailor salad sale
    salesman salmon sandwich sausage scarf scarves school scissors screw seagull seashell
    season seat section seed segment selection sequence series serving session set shark sheep sheet
    shelf shelves shell ship shirt shoe shop shopper shot shovel show side sign singer sister skirt
    slice slide snack snail snake snowball snowflake sock soda sofa soldier solution son song
    sophomore soup space sparrow spider spoon sport squad square squirrel staff stamp star state
    station step stick sticker stone stop store story strawberry street string student subject
    subset suit sunflower surface sweater swimmer table tablespoon tablet tail task taxi teacher
    team teaspoon teddy teenager term test tent theater ticket tie tiger tile time tire toad tomato
    tomatoes ton tooth teeth tour tourist towel tower town toy track tractor traffic train tray
    treat tree triangle trick trip triplet trophy truck trunk tube tulip tuple turkey turn turtle
    twin typist unit uncle value van variable vase vegetable vehicle vertex vertices video view
    villager violin visit visitor volleyball volunteer vote voter wagon waiter wall wallet watch
    watermelon way website wheel whale widget wife window winner wing wire wolf wolves woman women
    word worker worksheet worm writer yogurt zebra zero zoo candies babies cherries berries puppies
    triple quadruple pairing matching coloring colouring tiling ordering residue walk relation
    polynomial domino possibility possibilities pattern move lattice chord palindrome assignment
    schedule seating committee draw toss tosses flip guess
    sugar flour water rice salt butter oil gasoline coal sand wood
    ponies families cities countries country stories copies bunnies batteries factories factory
    parties party pastries pastry libraries butterflies flies daisy daisies lady ladies bodies body
    """
)


def number_in_words(phrase: str) -> tuple[int, str] | None:
    """The number a phrase in small letters begins with, and the rest: `sixty-five days`."""
    match = _NUMBER.match(phrase)
    if match is None:
        return None
    parts = [(match[name] or "zero", scale) for name, scale in _SCALES.items()]
    return sum(scale * _below_1000(part) for part, scale in parts), phrase[match.end() :].strip()


_SCALES = {"thousands": 1000, "rest": 1, "only": 1}


def _below_1000(part: str) -> int:
    hundreds, found, rest = part.rpartition(" hundred")
    value = 100 * NUMBER_WORDS[hundreds] if found else 0
    return value + sum(NUMBER_WORDS.get(word, 0) for word in re.split(r"[ -]", rest))
