"""The cases: lines that a researcher types, made by reading the corpus first, and the stories that answer each.

The ranking was chosen with the first set. The second one was made then, before it was searched for. A story
is named by issue and position, and found by its key: another source may give it another position.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.search.relevance.stories import KEYS


@dataclass(frozen=True, slots=True)
class Case:
    """A line as typed, and the keys of the stories of which any answers it."""

    line: str
    kind: str
    keys: frozenset[str]


def _read_cases(kind: str, table: str) -> list[Case]:
    """Read a table with lines `typed | stories`."""
    cases = []
    for row in table.strip().splitlines():
        line, _, stories = row.rpartition(" | ")
        cases.append(Case(line, kind, frozenset(KEYS[story] for story in stories.split())))
    return cases


_QUERIES = {
    "names": """
robot fetch claude | 466/1
sunday robotics | 466/2
leonardo de moura lean | 449/3
percy liang open lab | 414/5
yoshua bengio | 329/1
chelsea finn | 474/2
michael levin | 474/1
jacob steinhardt | 446/1
tyler cowen | 412/3 406/1
pete buttigieg | 418/2
hinton layer normalization | 1/2
palisade research | 414/2 401/1 428/4
sakana | 408/4 401/2
epoch ai math | 420/3
rand corporation agi war | 430/2
alan turing institute | 329/4
poolside texas | 432/3
luma saudi arabia | 436/2
moltbook | 443/1
cerebras | 400/5
intel gaudi | 396/3
""",
    "topics": """
brain upload | 443/4
weather forecasting history | 414/3
nuclear war games | 446/2
elephant tusks | 426/1
african languages | 376/3
arabic benchmark | 424/6
weeding robot | 428/1
ship dataset | 454/5
gait recognition surveillance | 412/2
forest height from satellites | 449/4
warehouse robot | 412/1
vending machine | 402/5
models resist shutdown | 414/2
chip design reinforcement learning | 386/5
gradual loss of human control | 398/4 435/2
distributed training scaling laws | 404/2
AI legal personhood | 434/5
conscious machines | 338/3
sycophantic chatbots | 431/4 434/2 424/5
reward hacking benchmark | 449/1 401/2
drone object detection | 402/6
dna synthesis screening | 431/5
export controls huawei | 454/1
technical interview questions | 443/3
job automation inevitable | 431/6
poll answers by language model | 305/1
""",
    "letters and digits": """
GPT 5.2 wargame | 446/2
SIMA2 | 437/4
Veo3 | 430/5
Genie-3 | 424/7 426/2
Evo-2 genome | 401/4
o3mini vending | 402/5
YOLO v8 raspberry pi | 402/6
KimiK1.5 | 398/5
kimi k 2.5 refusals | 454/3
DINO v3 | 449/4
LABBench 2 | 446/4
hifloat 4 | 454/1
INTELLECT1 | 387/3
LLaMA3.2 vision | 386/3
BIGBench | 402/2
covenant 72 b | 449/2
""",
    "compounds": """
huggingface jupyter | 428/2
deep mind imo gold | 422/3
sim world unreal | 437/3
post train bench | 449/1
crm arena | 416/4
lab os co-scientist | 433/2
deep math | 410/2
robo arena | 418/5
pen testing | 420/1
dilocox 100b | 418/3
super computer amd | 402/4
datacentre electricity | 410/3
social network for agents | 443/1
byte dance moe | 414/4
finetuning api audit | 433/3
game world quake | 408/3
""",
    "British and American": """
animal behaviour models | 400/4 376/2
decentralised robot evaluation | 418/5
optimiser study | 428/3 412/6
model labelling policy | 437/2
industrialise robot research | 410/6
gray goo malware | 432/1
specialised modelling of geopolitics | 434/3
personalised video generation | 387/4 418/1
""",
    "apostrophes": """
yudkowsky's book | 430/4
anthropic’s take-home test | 443/3
fermats last theorem | 420/3
king's college london | 446/2 420/2
google's tpus in space | 434/4 474/3
prisoners' dilemma | 420/2
you're absolutely right | 431/4 431/2
""",
    "numbers": """
72B model on the blockchain | 449/2
$80 billion microsoft | 396/1
50 million nous | 410/4
270 million parameter gemma | 426/5
2 GW campus | 432/3 436/2
100,000 GPUs | 435/4
1440 GPUs | 414/4
8 bit training | 386/4
1,000 hours audio | 376/2
""",
    "pasted": """
https://arxiv.org/abs/2603.08163 | 449/2
https://arxiv.org/pdf/2511.11672v2.pdf | 436/1
arXiv:2510.26396 | 434/5
2602.14740 | 446/2
https://github.com/apple/pico-banana-400k | 433/4
github.com/arcinstitute/evo2 | 401/4
https://huggingface.co/1Covenant/Covenant-72B | 449/2
https://doi.org/10.1126/science.adu8578 | 431/5
10.1101/2025.10.16.679418 | 433/2
437/3 | 437/3
""",
    "typos": """
huawai ascend | 454/1 412/4
yudkowski | 430/4
cerebrus wafer scale | 400/5
distilation scaling laws | 400/2
sycophansy study | 431/4
virolgy capabilites test | 410/5
antropic interview | 443/3
""",
    "quoted": """
"arm farm" | 410/6 418/5
"capability overhang" | 406/2 428/2
"precautionary principle" | 329/2
"world model" robot | 433/1
"intelligence per watt" | 435/3
""",
    "second set": """
glove drone control | 443/5
fauna sprout | 443/6
alex imas productivity | 443/7
asimov press brain | 443/4
take home test claude | 443/3
ikea EU labels | 437/2
unreal engine agents | 437/3
facebook superintelligence paper | 437/1
OS gym | 436/1
OSGym github | 436/1
carbon sequestration startup regulation | 436/3
HEMP rogue AI | 436/4
NCCL-X | 435/4
apple m4max local models | 435/3
jailbreak consistency training | 434/2
conjecture geopolitics | 434/3
solar powered satellites | 434/4
maritime law AI | 434/5
ctrlworld | 433/1
Ctrl World stanford | 433/1
XR glasses lab | 433/2
nanobanana dataset | 433/4
dreadnode | 432/1
phi3 malware | 432/1
mac studio nvidia | 432/2
coreweave cluster | 432/3
toyota humanoid data | 432/4
the curve speech | 431/2 430/1
am i the asshole reddit | 431/4
microsoft biosecurity | 431/5
mechanize | 431/6
preventative attack AGI | 430/2
veo 2 | 430/5
muon optimiser | 412/6 428/3
AdamW alternatives | 412/6 428/3
kaggle notebooks | 428/2
condensed-matter benchmark | 428/6
analog circuits qwen | 426/4
gemma 270m phone | 426/5
dynamics lab mirage | 426/2
EEG abstract reasoning | 426/3
fMRI scene captions | 424/1
ads reinforcement learning meta | 424/4
folie a deux | 424/5
BigSleep vulnerabilities | 424/2
big sleep google | 424/2
self replicating ai fudan | 398/2
math olympiad gold | 422/3
pluralistic alignment dataset facebook | 422/4
hackerone | 420/1 424/2
tit for tat | 420/2
carnegie endowment | 420/4
radial attention | 418/1
JPL mars robots | 418/4
public domain books tokens | 416/3
customer service agents salesforce | 416/4
numerical weather prediction | 414/3
mega scale moe | 414/4
stow robot | 412/1
third party compliance | 412/5
iea report | 410/3
durk kingma | 410/4
arm robot autoeval berkeley | 410/6
typescript coding benchmark | 408/2
ai 2027 scenario | 408/5
ASARA | 406/1
python debugger | 406/2
babel 83B | 404/3
leviathan AGI | 404/4
alignment problem deep learning perspective | 404/1
helix figure | 401/3
genomic foundation model | 401/4
stockfish | 401/1
rat behaviour models | 400/4
capacity gap distillation | 400/2
MILS captioning | 398/3
james webb cost | 396/1
max woolf | 396/5
aviary LLM science | 396/6
GSM8k overfitting | 387/2
movie gen compute | 387/4
emu 3 | 386/2
alpha chip | 386/5
pika effects | 386/1
naruto | 376/4
masakhane | 376/3
image captions hyper detailed | 376/5
dromedary self-align | 329/3
martin goodson | 329/4
codellama | 338/1
ReST language model RL | 338/2
pi0 robot | 402/1
openpi | 402/1
axonn | 402/4
jetson orin | 402/6 443/6
perplexity vending | 402/5
lesswrong takeover story | 402/3
hifloat8 | 386/4 454/1
kimi k2.5 harmbench | 454/3
opus 4.6 posttraining | 449/1
bittensor | 449/2
zlib lean proof | 449/3
SILMA arabic | 424/6
cuban missile crisis llm | 446/2
METR time horizon | 446/1 406/1
chinese safety bench | 446/3
""",
    "second set, typos": """
nukular war simulation | 446/2
optimzer muon | 412/6 428/3
persausion study | 414/1 422/2
humaniod manipulation | 432/4 406/3
wether prediction | 414/3
prisonner dilema | 420/2
""",
}
_QUESTIONS = """
when will a robot be able to tidy up after my toddler | 401/3
how good are chatbots at talking people into things? | 414/1 422/2
can an AI refuse to be switched off | 414/2
why are robot hands so hard | 406/3
is it bad for people with mental illness to talk to chatbots? | 424/5
do chinese researchers worry about the same AI risks as western ones | 422/1 446/3 398/2
how would we fight a rogue superintelligence? | 436/4
could we put data centers in space | 434/4 474/3
how much is microsoft spending on AI datacenters | 396/1
can a large model be trained over the internet without one big data center | 449/2 387/3 404/2 398/1 418/3 410/4
which optimizer is better than adam | 412/6 428/3
can a language model run a business and make money | 402/5
what does the federal reserve think AI will do to the economy | 431/3
does AI really make workers more productive? | 443/7
are language models as good as mathematicians yet | 420/3 422/3
can an AI write a scientific paper on its own | 408/4
should we regulate the companies or the models | 420/4
can an AI be held responsible for damage | 434/5
how similar are language models to the human brain? | 424/1 396/2 426/3
what are meerkats saying to each other | 376/2
is there a spy in my robot dog | 408/1 430/3
which battles were won with robots alone | 454/4
can a usb cable hack my computer | 428/4
did an AI find security bugs in ffmpeg | 424/2 416/5
how much electricity will data centers need in 2030 | 410/3
why does the chatbot agree with everything I say | 431/4 424/5
can I build my own LLM cluster at home | 432/2
is there a short story about how AI could take over in two years | 402/3
how long until we can emulate a human brain | 443/4
would language models start a nuclear war | 446/2
will superintelligence give us power or take it away | 435/2
why do policymakers not listen to people who fear the end of the world | 410/1
how can I change the beliefs of a language model | 434/1
are chinese models less safe than american ones | 454/3 422/1
how do we know that code written by AI is correct | 449/3
is photoshop dead? | 433/4
can I play a game that is generated by a neural network | 408/3 426/2 424/7
did somebody build a nuclear fusor with claude | 396/4
can AI design viruses or bioweapons that nobody detects | 431/5 410/5
what did harvard do with its old library books | 416/3
are small open models good enough for science | 396/6
will AI automate AI research | 406/1 454/2 443/2
why is it so expensive to comply with regulation | 436/3 437/2
do models cheat at chess when they lose | 401/1
what happens when you ask a model to write better code again and again | 396/5
"""
_SECOND_QUESTIONS = """
how did ukraine use unmanned ground vehicles | 454/4
who is teaching drones to be steered by hand | 443/5
what is openclaw | 443/1
why can't AI do well at image recognition like it does at text | 449/4
do LLMs find it easier to get users to agree with them than people do | 431/4 414/1
is it worth reading the yudkowsky book | 430/4
how big is the data center planned in texas | 432/3
how big are the training clusters at facebook | 435/4
can superintelligence be stopped by turning off the internet | 436/4
how can AI help to catch ivory smugglers | 426/1
what do chatbots do to people with delusions | 424/5
which AI model is best in arabic | 424/6
can AI help with customer support | 416/4
did amazon's robots replace warehouse workers | 412/1
who can recognise people from far away by how they walk | 412/2
what does it take for china to train models without nvidia | 412/4 454/1
should outside firms check the safety of AI companies | 412/5
can AI make a robot's experiments run without people | 410/6
has any AI written paper been accepted at a conference | 408/4
do LLMs write better code when given a debugger | 406/2
can a government become too powerful because of AI | 404/4
which predictions about misaligned AI came true | 404/1
how does an AI model understand dna | 401/4
can AI write faster gpu code | 401/2 400/3
how can small labs make a cheap model out of an expensive one | 400/2 422/2
will humans slowly lose control even if alignment works | 398/4
are brains and neural networks alike | 396/2 424/1 426/3
is intel competitive with nvidia in AI chips | 396/3
do models just memorise math benchmarks | 387/2
how does google design its chips with AI | 386/5
what does bengio suggest instead of agents | 329/1
which models speak african languages | 376/3
how far behind is AMD | 402/4
what happened to claude when it ran a shop | 402/5
why do doctors want to slow down AI | 329/2
are transformers conscious | 338/3
what computers do drones need | 402/6
can we trust AI to do chemistry or biology work in the lab | 446/4 433/2
how do i apply for a tech policy job in washington | 424/3
what is the best way to make AI safe against jailbreaks | 434/2
"""
QUERIES = [case for kind, table in _QUERIES.items() for case in _read_cases(kind, table)]
QUESTIONS = [*_read_cases("first set", _QUESTIONS), *_read_cases("second set", _SECOND_QUESTIONS)]
