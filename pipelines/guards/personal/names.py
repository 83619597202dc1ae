"""Whether a text is the name of a person, or of something that has an address of its own: a firm, a school, a place.

Names are told by what is common in Norway, of those who came here too. No list is complete: a column is judged by the
share of its cells, never by one.
"""

import re
from collections.abc import Callable

from pipelines.guards.personal.text_columns import Cells

# By general knowledge of common names, not by a published list; no figure hangs on them.
_GIVEN = """
aase abdi abdirahman abdul abdulla abdullah abel adam adele adrian agata agathe agnes agnethe agnieszka ahmad ahmed
aicha aida aina aisha ajla aksel alba albert aleksander aleksandra alex alexander alexandra alf alfred ali alice
alicja alida alina alma alva amal amalie amanda amelia amin amina amir amira amund ana anders andre andrea andreas
andrei andrzej ane anett anette angelica anine anita anja ann anna annbjørg anne annette annika anniken anny ansgar
anton antonia arash aria ariana arild armin arne arnfinn arnhild arnt aron arthur artur arve arvid asbjørn ase asgeir
ask aslak aslaug asma asta astri astrid atle aud audhild audun august aurora aya ayaan ayan aylin ayse ayşe azad
barbara bartosz beate beathe beatrice benedicte benedikte benjamin bente berit bernt bertil bilal birger birgit
birgitta birgitte birte bjarne bjørg bjørn bjørnar bo bodil borghild borislav bozena brede brita britt brynjar bård
børge cam camilla can carina carl carla carmen carolina caroline casper catharina cathrine cecilia cecilie celina
celine charlotte christer christian christina christine christoffer christopher clara claus conrad cornelia dag
dagfinn dagmar dagny dagrun damian dan daniel daniela danuta dariusz david deqa derya dina ditte dmytro dorota dorthe
dorthea ebba ebru eda edel edith edvard edvin edward egil eila eileen einar eirik eirin eivind ekaterina elena eleni
eli elias elif elin elina eline elisa elisabet elisabeth elise elizabeth ella ellen ellinor elsa else elvira emil
emilia emilie emine emir emma emmanuel emre endre enok erica erik erika erlend erling espen ester esther eugen eva
evelyn even ewa eyvind fadumo fahad faisal farah farhan fartun fatemeh fatima fatma fatuma felix ferdinand filip
filippa finn fiona florian frank fred freddy frederik fredrik frida fride fridtjof frode gabriel gabriela gabrielle
geir georg gerd gina gisle gjermund gjertrud glenn gorm grazyna grete gretha grethe gro grzegorz gudbrand gudmund
gudrun gunhild gunn gunnar gunnhild gunvor guri gurli guro gustav habiba hadi haldis halima halvard halvor hamid hamza
han hana hani hanna hannah hanne hans harald haris hassan hauk hedda hedvig hege heidi heine helen helena helene helga
helge helle helmer hennie henning henriette henrik henry herborg herman hermann hibo hilda hilde hilmar hiwa hoa hodan
hong huda hugo hung husein hussein huynh hye håkon håvard ian ibrahim ida idar idil idris idun iman imran ina inga
inge ingebjørg ingeborg inger ingrid ingrun ingunn ingvar ingvild ioana iqra iren irena irene irina iris irma isa
isabel isabella isabelle isak iselin ismail ivan ivana ivar iver iwona jacek jack jacob jakob jakub jamal jamila jan
jane janne jannicke jannike jarl jarle jaroslaw jasmin jasmina jean jeanette jelena jennifer jenny jens jesper jim
joachim joakim joanna johan johanna johanne johannes john johnny jomar jon jonas jonathan jone joran jorid jorun
jorunn jose josef josefine joseph joshua jostein judith julia julian juliane julie jurgita justyna jørgen jørn jørund
kai kaia kaja kamal kamil kamilla karan kare karen kari karianne karim karin karina karl karolina karoline karstein
karsten kasper katarina katarzyna kate kathrine katja katrin katrine kaya kenneth kent kerstin ketil khadija khadra
khaled khalid khalil kim kine kirsten kirsti kirstin kjartan kjell kjellaug kjersti kjetil klara klaus knut konrad
konstantin kristen kristi kristian kristiane kristin kristina kristine kristoffer krystyna krzysztof kåre lage laila
lan lars larsen lasse laura laurits lavrans layla lea leah leif leila lena lene leo leon leonard leonora leyla liam
lian liban lilja lillian lilly lina linda line linea linh linn linnea lisa lisbet lisbeth lise liselotte liv live
ljiljana lone lotte louise lovise luca lucas lucia ludvig luka lukas lukasz luna lydia lykke maciej madeleine madelen
magda magdalena magnar magne magnhild magnus mahad mahamed mahamud mahdi mahmoud mai maia mailinn maja malak malene
malgorzata malika malin mandus maren margaret margareta margarete margareth margaretha margit margot margrete
margrethe margunn mari maria mariam mariana mariann marianne marie mariell marija marina marion marit marita marius
mariusz mark markus marlene marta marte martha marthe marthine martin martina martine marwa mary maryam maryan maryna
marzena mateusz mathea matheo mathias mathilde matias matilda matilde mats mattias maud may maya mehdi mehmet mette
mia michael michal michelle mie mikael mikkel mikolaj mila milan milena milla mille mina minh mira miriam moa moe moha
mohamad mohamed mohammad mohammed mohamud mona monica monika morten moses mostafa muhammad muhammed muna murat muriel
mustafa mustafe myriam nabil nadia nadja naima najma nanna narges nasir nasra nasrin natalia natalie natasa nathalie
nathan nazanin nelly ngoc nguyen nicolai nicolas nicole niels nikola nikolai nikoline nils nina noah noel noor nora
nour nur oda odd oddbjørn oddny oddrun oddvar odin oksana ola olaf olaug olav ole olea oleksandr olena olga oline
oliver olivia ollie omar omer orjan oscar oskar osman othilie otilie otto pal paul paula paulina pauline pawel paweł
peder per pernille petar peter petra petter phuong pia piotr preben priya quynh rachel radoslaw rafal ragna ragnar
ragnhild rahel rahma raja ramona randi randulf rania rannveig rasmus raymond rebecca rebecka rebekka regina reidar
reidun renate reza richard rigmor rikard rikke rita robert robin roger rolf roman ronja ronny rosa roy roya ruben
rukia runa runar rune ruth ryan rønnaug saba sabah sabina sabrina sadia safia sahra said saida sajid salah salim salma
sam samantha samer sami samia samina samir samira samson samuel sana sander sandra sanna sara sarah saynab sebastian
selam selma sergei serhii severin shaima shamso sharmin sigbjørn sigfrid sigmund signe sigrid sigrun sigurd sigve
silas silje silvia simen simon simone sina sindre siren siri siril sirin siv sivert sjur slawomir snorre sofia sofie
sofija solbjørg solfrid solrun solvei solveig sondre sonia sonja sophia sophie stanislaw stefan steffen stein steinar
steingrim stella sten stephan stephanie stian stig stine storm sturla sumaya sunniva susann susanna susanne svanhild
svein sven sverre svetlana svitlana sylvi sylvia synne synnøve syver sølvi søren tamara tanja tarald tarjei tatiana
tea teodor teresa terese terje tesfay tetiana thea thelma theo theodor thi thomas thor thorbjørn thore thorleif
thorvald thuy tia tiina tilde tim tina tine tiril tobias tom tomas tomasz tommy tone tonje tor torbjørg torbjørn tord
tore torfinn torgeir torgunn torhild torild torill torkel torkil torleif torstein torunn torvald tove trine trond troy
trude truls trygve trym tuan turi turid tuva tyra ulf ulla ulrik ulrikke una une unn unni urszula usman vanessa vanja
vebjørn vegar vegard vemund venke vera veronica veronika vetle vibeke victor victoria vidar vigdis viktor viktoria
vilde vilja viljar villads ville vilma vincent viola vivian volodymyr vrål wenche wiktoria wilhelm wiliam william
wilma wojciech xuan yara yasin yasir yasmin yasmine yassin yngvar yngve yngvild yohannes yonas yosef young yousef
yulia yusra yusuf zahra zainab zakaria zara zaynab zbigniew zeinab zofia zoran zuzanna ådne åge åsa åse åshild åsmund
åsne åsta åste ødegaard øistein øivind ørjan østen øystein øyvind
"""
_FAMILY = """
aas aasen abdi abdullahi ahmadi ahmed akhtar ali alm amundsen andersen andersson andreassen antonsen arnesen arntzen
aune axelsen bakke bakken bakker berg berge bergersen berntsen birkeland bjerke bjørnstad borge brekke bråten bråthen
bui butt bye byrkjeland bø bøe christensen christiansen christoffersen dahl dahle dahlen danielsen demir duong
edvardsen egeland eide eilertsen einarsen ek eliassen ellingsen engen enger eriksen evensen fadnes farah fjeld fjell
foss fossum fredriksen gabrielsen gjerde gran granli gulbrandsen gundersen haaland hagen haile hansen hanssen hassan
haug hauge haugen haugland hegge helgesen helland henriksen hermansen hoang hoel holm holmen holte hosseini hovland
husby hussain hussein huynh håland ibrahim ingebrigtsen isaksen iversen jacobsen jakobsen jama jansen jensen jenssen
jensson johannesen johannessen johansen johnsen jonassen jørgensen kaplan karlsen kaya khan knudsen knutsen kolstad
kovalenko kowalska kowalski kristensen kristiansen kristoffersen kvam kvamme kverme larsen larssen le lie lien
lindberg lund lunde løken madsen magnussen malik martinsen mathisen melby mikkelsen moe moen mohamed mohammed monsen
moum myhre myklebust myrvold nguyen nguyễn nielsen nikolaisen nilsen nordby nordmann nowak næss olaussen olsen omar
opsahl osman ottesen paulsen pedersen petersen pettersen pham rahimi rasmussen ruud rød rødland rønning samuelsen sand
sandberg sandnes sandvik shah sharma simonsen singh sivertsen skaar skogen sletten solberg solheim solli sollie steen
stene strand strøm strømme sundby sunde sveen svendsen sæther sætre sørensen sørlie tangen tesfay thomassen thorsen
torgersen tran tvedt tveit ulvestad vik viken vo vu warsame wiik wilhelmsen yilmaz ås åsen ødegaard ødegård øen øien
østby
"""
GIVEN = frozenset(_GIVEN.split())
FAMILY = frozenset(_FAMILY.split())
_SON = re.compile(r"\w{2,}(?:sen|ssen|son|datter|dottir|ović|ski|ska|enko|zadeh|oğlu)$")

_ORGANISATION = re.compile(
    r"(?<![^\W_])(?:as|asa|ans|da|sa|nuf|ks|if|il|fk|sk|bk|ik|tf|hk|ibk|ub|bataljon|stiftelsen?|foundation|legat\w*"
    r"|kirke\w*|kyrkje\w*|moske\w*|menighet\w*|\w*forening(?:en|a)?|\w*forbund\w*|\w*klubb\w*|\w*lag(?:et)?"
    r"|\w*korps\w*|\w*kor(?:et)?|\w*skoler?|\w*skolen|\w*skule\w*|\w*barnehager?|\w*barnehagen|\w*barnehage\w*|sfo"
    r"|\w*sykehus\w*|\w*hjem(?:met)?|\w*senter(?:et)?|\w*sentrum|center|\w*kommuner?|\w*fylke\w*|\w*bydel\w*|nav|ssb"
    r"|fhi|udir|imdi|\w*direktorat\w*|\w*departement\w*|\w*etat\w*|\w*verk(?:et)?|\w*hallen|\w*hall|\w*parken?"
    r"|\w*museum|\w*museet|\w*teater\w*|\w*bibliotek\w*|\w*butikk\w*|\w*kafe|\w*kafé|\w*restaurant\w*|\w*bar"
    r"|\w*frisør\w*|\w*kantine\w*|\w*pizza\w*|sushi|\w*bakeri\w*|\w*gård(?:en)?|\w*tomta|\w*bygg\w*|\w*rør\w*"
    r"|maler\w*|elektriker\w*|\w*service|\w*handel|\w*gruppen?|\w*gruppa|\w*prosjekt\w*|\w*team\w*|\w*festival\w*"
    r"|\w*union|\w*vel|\w*minne|\w*sameie\w*|\w*borettslag\w*|\w*selskap\w*|\w*råd(?:et)?|\w*tjenesten?"
    r"|\w*avdeling\w*|\w*seksjon\w*|\w*enheten?|\w*institutt\w*|\w*universitet\w*|\w*høgskole\w*|red cross|røde kors"
    r"|lions|rotary|holding|invest|eiendom|drift|norge|norway|norsk|norske|club|group|company|ltd|gmbh|vgs"
    r"|consult\w*|partners?|economics|\w*krets(?:en)?)(?![^\W_])",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?<![^\W_])\w*(?:gate|gata|gaten|vei|veien|veg|vegen|plass|plassen|torg|torget|brygge|allé|alléen|bro"
    r"|brua)(?![^\W_])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")
_SMALL = frozenset(
    ["al", "av", "bin", "da", "de", "del", "den", "der", "di", "dos", "el", "ibn", "la", "le", "van", "von"]
)
_CAPITAL = r"^[(\"' ]*[A-ZÀ-ÞĀ-ɏ]"
_SHARE_WRITTEN_LARGE = 0.2


def words_of(text: str) -> list[str] | None:
    """Return a name's words, or None where the text is no row of two to five words with a capital each."""
    words = text.replace(",", " ").split()
    if not 2 <= len(words) <= 5:
        return None
    for word in words:
        if not _WORD.fullmatch(word) or not (word[0].isupper() or word in _SMALL):
            return None
    return words


def is_organisation(text: str) -> bool:
    """Say whether a text has a word in it that names of organisations have: skole, forening, AS."""
    return bool(_ORGANISATION.search(text))


def is_no_person(text: str) -> bool:
    """Say whether a text has a word in it that no person's name has: of an organisation or of a street."""
    return is_organisation(text) or bool(_STREET.search(text))


def is_person(text: str) -> bool:
    """Say whether a text is a full name in any order, in capitals or not: Kari Berge; BERGE, KARI ANNE; Kari B."""
    words = words_of(text)
    if words is None or is_no_person(text):
        return False
    parts = [part for word in words for part in word.rstrip(".").lower().split("-")]
    given = any(part in GIVEN for part in parts)
    # Places are called Berg and Lund too, but not with a comma behind them; nor do they end in -sen.
    listed = "," in text and parts[0] in FAMILY
    return given or listed or any(_SON.fullmatch(part) for part in (parts[0], parts[-1]))


def is_given(text: str) -> bool:
    """Say whether a text is a common given name alone."""
    return text.lower().rstrip(".") in GIVEN


def share_of_persons(cells: Cells) -> float:
    """Return the share of a column's cells that are full names of persons, or given names alone."""
    return _share(cells, lambda text: is_person(text) or is_given(text))


def share_of_full_names(cells: Cells) -> float:
    """Return the share of a column's cells that are full names of persons."""
    return _share(cells, is_person)


def share_of_names(cells: Cells) -> float:
    """Return the share of a column's cells that are written as a full name is, common or not, and no organisation."""
    return _share(cells, lambda text: words_of(text) is not None and not is_no_person(text))


def share_of_organisations(cells: Cells) -> float:
    """Return the share of a column's cells that are called as no person is."""
    return _share(cells, is_organisation)


def _share(cells: Cells, asked: Callable[[str], bool]) -> float:
    if cells.share(_CAPITAL) < _SHARE_WRITTEN_LARGE:
        return 0.0
    return sum(asked(text) for text in cells.sample.to_pylist()) / len(cells.sample)


_LISTED, _HALF = 3, 1 / 2


def is_list(text: str) -> bool:
    """Say whether a text is a list of three names or more of persons: Kari Berge, Ali Khan, Nora Lie."""
    for separator in (r"[;|/]", r",|;|\bog\b"):
        parts = [part.strip(" \"'") for part in re.split(separator, text)]
        parts = [part for part in parts if part]
        if len(parts) >= _LISTED and sum(map(is_person, parts)) >= _HALF * len(parts):
            return True
    return False


_REVERSED = re.compile(r"(?<![^\W_])([A-ZÀ-ÞĀ-ɏ][^\W\d_]+), ([A-ZÀ-ÞĀ-ɏ][^\W\d_]+)(?![^\W_])")
# What a person is, has, does or gets, as alternatives of an expression.
VERBS = (
    "er|har|hadde|var|ble|blir|fikk|får|må|skal|skulle|vil|kan|trenger|ønsker|mangler|døde|kom|sa|sier|bor|bodde|gikk"
    "|falt|slo"
)
_SUBJECT = re.compile(rf"((?:[A-ZÀ-ÞĀ-ɏ][\w'’-]+,? ){{2,4}})(?:{VERBS})(?![^\W_])")
_PAIR = re.compile(r"(?<![^\W_])(?=([^\W\d_]{2,}(?:-[^\W\d_]+)?) ([^\W\d_]{2,}(?:-[^\W\d_]+)?)(?: ([^\W\d_]+))?)")


def person_within(text: str) -> bool:
    """Say whether a full name stands within a sentence: a common given name, and another capital behind it."""
    for pair in _PAIR.finditer(text):
        first, second, after = pair[1], pair[2], pair[3] or ""
        named = first[0].isupper() and second[0].isupper() and first.lower().split("-")[0] in GIVEN
        if named and not is_no_person(second) and not is_no_person(after):
            return True
    return any(
        given.lower() in GIVEN and (family.lower() in FAMILY or _SON.fullmatch(family.lower()) is not None)
        for family, given in _REVERSED.findall(text)
    )


def is_subject(text: str) -> bool:
    """Say whether a sentence tells what a person is, has, did or got: Kari Berge fikk medisin."""
    return any(person_within(said) for said in _SUBJECT.findall(text))
