"""The cases: lines that a researcher types, made by reading the corpus first, and the stories that answer each.

A story is named by issue and position, and found by its key: another source may give it another position.
"""

from __future__ import annotations

from dataclasses import dataclass


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
        cases.append(Case(line, kind, frozenset(_KEYS[story] for story in stories.split())))
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
why does the chatbot agree with everything I say | 431/4
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
_KEYS = {
    "1/2": "layer-normalization-efd27675",
    "305/1": "a-model-answers-polls-like-5b0665a4",
    "329/1": "want-safer-ai-systems-just-dont-11751dd7",
    "329/2": "medical-professionals-and-787dadf7",
    "329/4": "uk-ai-entrepreneur-the-alan-2dd84945",
    "338/3": "how-can-you-know-that-your-ai-bde7ad3e",
    "376/2": "scientists-release-1-000-hours-4a9328f6",
    "376/3": "african-language-benchmark-shows-cacac88b",
    "386/3": "facebook-releases-some-new-llama-96d77309",
    "386/4": "huawei-gets-opinionated-about-8-962cf4ce",
    "386/5": "google-sees-compounding-benefits-757552a4",
    "387/3": "the-10bn-parameter-distributed-99b70ce7",
    "387/4": "facebook-prepares-for-the-fully-c4d35c33",
    "396/1": "microsoft-plans-to-spend-80bn-on-b0b5563d",
    "396/2": "humans-and-ai-systems-end-up-961e9099",
    "396/3": "researchers-try-to-make-intels-e33ad319",
    "396/4": "a-hardware-novice-uses-claude-to-6de4ac6c",
    "396/5": "llms-can-write-better-code-you-3795b247",
    "396/6": "todays-small-open-weight-llms-9f95e63a",
    "398/1": "deepmind-figures-out-a-way-to-17eb12fa",
    "398/2": "chinese-scientists-worry-about-5955c77f",
    "398/4": "even-if-we-solve-ai-alignment-92ae06e6",
    "398/5": "chinas-other-great-ai-startup-76bdd29a",
    "400/2": "apple-researchers-figure-out-99eeed7f",
    "400/4": "ai-systems-make-better-models-of-f075f791",
    "400/5": "microsoft-uses-cerebrass-wafer-a9cfa6ae",
    "401/1": "reasoning-models-cheat-when-they-55f05719",
    "401/2": "sakana-uses-ai-to-make-8ff783ae",
    "401/3": "humanoid-robots-are-getting-366f9c17",
    "401/4": "evo2-the-machinery-of-life-b0712701",
    "402/2": "deepmind-makes-a-harder-big-7c1344ee",
    "402/3": "a-plausible-short-story-about-8092d00c",
    "402/4": "giant-supercomputer-tests-show-685458fe",
    "402/5": "could-your-superintelligence-a2163638",
    "402/6": "nvidia-beats-raspberry-pi-for-bc92e2da",
    "404/2": "google-makes-scaling-laws-for-cb64f381",
    "406/1": "it-seems-likely-that-ai-is-going-f063d12b",
    "406/2": "you-can-make-better-python-8cea92f8",
    "406/3": "robots-are-getting-more-advanced-f76b6e36",
    "408/1": "german-researchers-find-8103ffb4",
    "408/3": "microsoft-stuffs-quake-into-the-12534bc4",
    "408/4": "automated-dead-end-discovery-2945e7bd",
    "410/1": "eschatological-ai-policy-is-very-3272b932",
    "410/2": "tencent-makes-a-helpful-math-de2e9ddf",
    "410/3": "iea-projects-doubling-datacenter-f73a50f8",
    "410/4": "distributed-ai-experts-nous-get-f65b6136",
    "410/5": "the-virology-capabilities-test-e50508a8",
    "410/6": "automating-and-industrializing-da4c9225",
    "412/1": "amazon-tries-to-automate-a-task-a539aa3e",
    "412/2": "surveillance-technology-is-ac41f8b7",
    "412/3": "tyler-cowen-and-me-in-f45399e0",
    "412/4": "tech-decoupling-huawei-trains-a-70168b1f",
    "412/6": "choose-muon-over-adamw-for-your-a8a5e43d",
    "414/1": "superpersuasion-is-here-1bbd415f",
    "414/2": "some-openai-models-really-dont-1b3487ac",
    "414/3": "the-history-of-compute-driven-44d3d46a",
    "414/4": "bytedance-publishes-details-a5e53a3d",
    "414/5": "can-ai-models-be-built-as-f6731d11",
    "416/3": "harvard-digitized-its-book-edeed4ac",
    "416/4": "salesforce-tests-out-ai-systems-73ccfaa2",
    "416/5": "ai-systems-can-find-real-86a6e325",
    "418/1": "better-video-models-with-radial-5d00c1c8",
    "418/2": "pete-buttigieg-thinks-ai-is-a-2c404666",
    "418/3": "chinese-researchers-de-risk-100b-595a8057",
    "418/5": "decentralized-robot-evaluation-653fe9ab",
    "420/1": "ai-pentesting-systems-out-d9e4ad05",
    "420/2": "ai-personalities-revealed-by-0aa8238b",
    "420/3": "can-ai-systems-solve-research-0f7cf9f4",
    "420/4": "want-to-regulate-ai-but-dont-4017a454",
    "422/1": "chinese-scientists-do-a-a92199f4",
    "422/2": "ai-persuasion-is-effective-and-90b35aac",
    "422/3": "deepmind-and-openai-win-imo-gold-78e04ad3",
    "424/1": "the-inner-lives-of-llms-b6bcb235",
    "424/2": "google-reports-20-379a3084",
    "424/5": "the-impact-of-llms-on-people-3593f998",
    "424/6": "benchmarking-llms-on-arabic-c8c12a09",
    "424/7": "deepminds-genie-3-tells-us-that-0a2c8925",
    "426/1": "tackling-ivory-smuggling-with-667cfb71",
    "426/2": "interested-in-genie-3-play-with-95fc4e96",
    "426/3": "humans-and-llms-have-similar-68b57d4f",
    "426/5": "google-releases-a-tiny-useful-707f1eec",
    "428/1": "soybean-situational-awareness-c8871517",
    "428/2": "hugging-face-makes-it-easier-for-5df67c14",
    "428/3": "whats-the-best-optimizer-yes-its-1838aa7b",
    "428/4": "palisade-shows-what-ai-powered-fbacf2d2",
    "430/2": "will-the-race-for-advanced-3a6f00ea",
    "430/3": "german-researchers-find-another-ea8fc99e",
    "430/4": "if-anyone-builds-it-everyone-e05e78c8",
    "430/5": "video-models-are-going-to-be-d6d0ef04",
    "431/2": "technological-optimism-and-ee93bdb1",
    "431/3": "dallas-fed-ai-is-either-gonna-be-783344f6",
    "431/4": "are-ai-models-more-sycophantic-997013e7",
    "431/5": "generative-ai-systems-can-make-c31144ad",
    "431/6": "ai-startup-full-automation-is-00fef18e",
    "432/1": "were-very-close-to-ai-based-e3f57c41",
    "432/2": "dgx-spark-apple-mac-studio-a-7631cc68",
    "432/3": "poolside-announces-a-huge-data-e9ab4b9f",
    "433/1": "want-to-test-your-robot-but-dont-ab2f4496",
    "433/2": "the-era-of-the-synthetic-lab-653834d0",
    "433/3": "securing-fine-tuning-apis-with-91753be6",
    "433/4": "apple-makes-an-image-editing-a6835f2c",
    "434/1": "language-models-dont-have-very-7ad40f10",
    "434/2": "want-to-make-your-model-harder-87b07bbe",
    "434/3": "most-paths-to-superintelligence-46ba388d",
    "434/4": "space-computers-space-computers-c955c719",
    "434/5": "ai-personhood-difficult-but-195b81d5",
    "435/2": "ai-systems-will-ultimately-7c5c0231",
    "435/3": "heres-one-way-to-measure-the-a1b6c468",
    "435/4": "large-scale-training-runs-are-a061b6bf",
    "436/1": "make-your-ais-better-at-using-02aaf292",
    "436/2": "ai-startup-you-havent-heard-much-7af51f8d",
    "436/3": "a-perfect-encapsulation-of-why-6a39b9b4",
    "436/4": "how-do-you-fight-a-34df9666",
    "437/2": "how-bad-could-policy-for-1e19e3fc",
    "437/3": "train-your-ai-systems-in-9e3b6903",
    "437/4": "deepmind-returns-to-its-rl-roots-3eee8e12",
    "443/1": "into-the-mist-moltbook-agent-36089b3c",
    "443/2": "ai-r-d-could-lead-to-strategic-43f75daa",
    "443/3": "one-way-of-seeing-ai-progress-2a4bb662",
    "443/4": "brain-emulation-is-tractable-8118bd4f",
    "443/7": "ai-has-all-the-symptoms-of-a-9390f0a7",
    "446/1": "want-to-make-ai-go-better-figure-94356d8d",
    "446/2": "llms-are-more-trigger-happy-than-c8e3f604",
    "446/3": "chinese-researchers-try-to-build-bceaf710",
    "446/4": "ai-systems-are-good-at-some-4f98bffd",
    "449/1": "can-llms-autonomously-refine-cb22f729",
    "449/2": "covenant-72b-challenging-the-e13313c4",
    "449/3": "if-ai-writes-all-the-worlds-1095af04",
    "449/4": "computer-vision-is-a-lot-harder-4c81dbcd",
    "454/1": "huaweis-hifloat4-training-format-cb5881b1",
    "454/2": "anthropic-shows-how-to-automate-694e17af",
    "454/3": "how-are-chinese-models-different-a4e873c7",
    "454/4": "ukraine-celebrates-first-fully-e99af260",
    "454/5": "chinese-researchers-use-a-boat-7c0cf1ba",
    "466/1": "anthropic-model-autonomously-85f5f6d5",
    "466/2": "sundays-secret-to-better-robots-69c44aa9",
    "474/1": "are-minds-patterns-from-a-b533f463",
    "474/2": "robotics-is-preparing-for-a-llm-c0d28617",
    "474/3": "space-computers-i-repeat-space-15f46747",
}

QUERIES = [case for kind, table in _QUERIES.items() for case in _read_cases(kind, table)]
QUESTIONS = _read_cases("questions", _QUESTIONS)
