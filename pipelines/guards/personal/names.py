"""Whether a text is the name of a person, or of something that has an address of its own: a firm, a school, a place.

Names are told by what is common in Norway, of those who came here too. No list is complete: a column is judged by the
share of its cells, never by one.
"""

import re
from collections.abc import Callable
from itertools import takewhile

from pipelines.guards.personal import headers
from pipelines.guards.personal.text_columns import Cells

# By general knowledge of common names, not by a published list; no figure hangs on them.
_GIVEN = """
aagot aase abdi abdirahman abdul abdulkadir abdulla abdullah abdullahi abel adam adeel adele adina adnan adrian afnan
agata agathe agnes agnete agnethe agnieszka ahlam ahmad ahmed aicha aida aili ailo aina aisha ajay ajla akram aksel
alba albert albin albina aleksandar aleksander aleksandra alem alemu alex alexander alexandra alf alfhild alfred ali
aliaksandr alice alicja alida alina aliya alla alma almaz alva alvilde amal amalie amanda amela amelia amelie amer
amila amin amina amine amir amira amjad amna amund ana anab anan anastasia anastasiia anbjørg anders andre andrea
andreas andrei andri andrii andrzej ane anett anette angelica anh anila anine anis anisa anita anja ann anna annbjørg
anne annette annika anniken anny ansgar anton antoni antonia antonina anya aram arash aria ariana arif arild armand
armin arna arne arnfinn arnhild arnt arnulf aron artem arthur artur arve arvid arya asad asbjørg asbjørn ase asgeir
asif asim asiya ask askild aslak aslaug asma asta astri astrid atefeh atif atiqullah atle aud audhild audny audun
august aurora awet awo aya ayaan ayan aylin ayman ayse ayub ayşe azad azra bahar balazs baran barbara bartosz bashir
beata beate beathe beatrice behzad bekim benedicte benedikte benjamin bente bergljot berit beritan bernt bertil besart
bettina bianca bilal biniam birger birgit birgithe birgitta birgitte birk birte bjarne bjørg bjørn bjørnar blerim bo
bodil bogdan bohdan borghild borgny borislav bozena brage brahim branislav brede brita britt brynjar burak bård børge
cam camilla camille can carina carl carla carmen carolina caroline casper catharina cathrine cecilia cecilie celia
celina celine charlotte chiara christer christian christina christine christoffer christopher clara claus conrad
cornelia cuong dag dagfinn dagmar dagny dagrun dahir daiva dalia damian dan danial daniel daniela danijela danuta dara
darius dariusz darya david dawit delal denis deniz deqa derya diana dilan dilara dilek dimitri dina dinh ditte dmitri
dmytro dominik donika dorota dorthe dorthea dragan dua dung ebba ebru eda edel edith edvard edvin edward egil ehsan
eila eileen eilert eilif einar eirik eirin eivind ekaterina eldbjørg elena eleni elham eli elias elif elin elina eline
elisa elisabet elisabeth elise eliza elizabeth ella ellen ellev ellinor elma elmi elona elsa else elvira elzbieta emil
emilia emilie emine emir emma emmanuel emre endre enes enok enver erica erik erika erina erjon erkan erlend erling
ermias esat eskil esmeralda espen esra ester esther eugen eva evelyn even ewa eyob eyvind ezra fabian fadi fadumo
fahad faisal faiza farah fardin farhan farid farida fartun farzana fatemeh fathi fatima fatma fatou fatuma feda
felicia felix ferdinand ferhat feven fikret filip filippa filmon finn fiona firas fiyori florian florin fozia frank
fred freddy frederik fredrik fredrikke frida fride fridtjof frode furkan gabriel gabriela gabrielle garima gebre geir
genc georg gerd ghulam gina gintaras giorgos gisle gitte gjermund gjertrud glenn goran gorm grazyna grete gretha
grethe gro grzegorz gudbrand gudmund gudrun gulsen gunhild gunn gunnar gunnhild gunnvor gunvor guri gurli guro gustav
gyda haakon habib habiba habtom hadi hadia hafsa haider haldis halgan halil halima halldis halvard halvor hamda hamid
hamza han hana hanad hanan haneen hani hanna hannah hanne hans hao harald haris hasan hassan hassna hatice hauk haval
hawa hayat hayder heba hedda hedvig hege heidi heine helen helena helene helga helge helle helmer hennie henning henny
henriette henrik henry herborg herdis herman hermann hermela heshmat hibo hien hilal hilda hilde hilja hilmar hiwa
hjalmar hjørdis hoa hodan hong hossein huda hugo hung huong husein husni hussein huyen huynh hye håkon håvard ian
ibrahim ibrahima ida idar idil idris idun idunn ifrah igor ihor ikram ilham iliana ilias ilze imad iman imane imran
imre ina inaam inara indira inga ingar inge ingebjør ingebjørg ingeborg ingebrigt ingelin inger ingerid ingjerd ingri
ingrid ingrun ingunn ingvar ingvild inna ioana ionut iqra iren irena irene irfan irina iris irma irmelin isa isabel
isabella isabelle isak iselin ismail isra issa ivan ivana ivar iver iwona izabela jabir jacek jack jacob jadwiga
jaffar jaime jakob jakub jamal jamila jamshid jan jane janis janne jannicke jannike janusz jarand jarek jarl jarle
jaroslaw jasmin jasmina jawad jean jeanette jehad jelena jennifer jenny jens jesper jeyan jibril jim joachim joakim
joanna joao johan johanna johanne johannes john johnny jolanta jomar jon jonas jonathan jone joran jorge jorid jorun
jorunn jose josef josefine joseph joshua jostein juan judith julia julian juliane julie juma juozas jurgita justina
justyna jwan jørgen jørn jørund kadir kadra kai kaia kaja kamal kamil kamila kamilla kani karan kare karen kari
karianne karim karima karin karina karl karol karolina karoline karstein karsten karwan kashif kasimir kasper kassahun
katarina katarzyna kate kathrine katja katrin katrine kaveh kawa kaya kazimierz kemal kenan kenneth kent kerstin ketil
khadar khadija khadijo khadra khaled khalid khalil khanh kidane kim kine kiran kirill kirsten kirsti kirstin kjartan
kjell kjellaug kjersti kjetil klara klaudia klaus knut kolbjørn konrad konstantin kristen kristi kristian kristiane
kristin kristina kristine kristofer kristoffer krystyna krzysztof kubilay kujtim kuldeep kyrylo kåre lage laila lam
lan lana larissa lars larsen larysa lasse laura laurits lavin lavrans layla lea leah leif leif-arne leila lena lene
leo leokadia leon leonard leonora lesia leszek leyla liam lian liban lida lidia lidija liliana lilja lillian lilly
lina linda line linea linh linn linnea lisa lisbet lisbeth lise liselotte liudmyla liv live ljiljana ljubica loan lone
lorena lothar lotte louay louise lovisa lovise luam lubna luca lucas lucia ludvig ludvik luis luka lukas lukasz lul
luna lydia lykke lyubov maciej madeleine madelen magda magdalena magnar magne magnhild magnus mahad mahamed mahamud
mahdi maher mahlet mahmood mahmoud mai mai-britt maia maida maiken mailinn maja majid malak malene malgorzata malika
malin manal manan mandeep mandus manuel marcel marcin maren margaret margareta margarete margareth margaretha margit
margot margrete margrethe margunn mari maria mariam mariana mariann marianne marie mariell mariia marija marina marion
marit marita marius mariusz mark marko markus marlene marta marte martha marthe marthine martin martina martine marwa
marwan mary maryam maryan maryna marzena masooma masoud mateo mateusz mathea matheo mathias mathilde matias matilda
matilde mats matti mattias maud maurits may maya mebrahtu medhanie mehdi mehmet mehran mehwish melat melissa mensur
merete merhawi meron mersad mersiha mette mia michael michaela michal michelle mie mihail mikael mikkel mikolaj mila
milad milan milena milica milla mille milosz mina minh mira mirela miriam miroslav mirza moa moe moha mohamad mohamed
mohammad mohammed mohamud mohsen mona monica monika monir mortaza morten moses mostafa mounir muhammad muhammed
muhammet mulugeta muna munir murat muriel musa mustafa mustafe mykhailo mykola mylene myriam nabil nabila nada
nadezhda nadia nadja naeem naima najma nanna naod narges narin nasir nasra nasreen nasrin nasser natalia natalie
nataliia natalya natasa nathalie nathan nazanin nazir nebojsa nedim negar neha nela nelly nermin nevena nga ngoc
nguyen nhi nicklas nicolai nicolas nicole niels nikita nikola nikolai nikolas nikoline nils nima nina ninni nirmala
niyazi noah noel noor noora nora nour nur nura nuria obaid oda odd odd-arne oddbjørn oddgeir oddleif oddny oddrun
oddvar oddvin odin oksana ola ola-magnus olaf olaug olav ole olea oleg oleksandr oleksii olena olga oline oliver
olivia ollie omar omer omid orjan oscar oskar oskars osman othilie othman otilie otto pal parwin patrick patrik
patrycja paul paula paulina pauline pavlo pawel paweł peder per pernille petar peter petr petra petrine petros petru
petter phan philip phuc phuong pia piotr piroz pratima preben priscilla priya przemyslaw qasim quynh rachel radmila
radoslaw rafael rafal ragna ragnar ragnhild raheem rahel rahma raja rajesh rakel ramin ramona randi randulf rania
ranja rannveig rasa rashid rasmus ravi rawan raymond razan rebecca rebecka rebekka reem regina reidar reidun remi
renata renate reza rezan rezvan richard rigmor rihab rikard rikke rima rita rizwan robel robert roberta robin rodrigo
roger rojda rojin roksana rolf roman romana ronas ronja ronny rosa rosana roy roya roza rozan ruben rukia rukiya runa
runar rune ruslan ruth ryan ryszard rønnaug saad saada saba sabah saban sabina sabrin sabrina sadia sadiya safa safia
sahra said saida sajid sakina salah salim salma salman salome sam samantha samer sami samia samina samir samira samson
samuel sana sanaa sandeep sander sandor sandra sanel sanja sanna santiago sara sarah sardar sarmad sasha saule saynab
sebastian segen selam selma semhar semir senad senait sergei serhii serkan sevda severin sevim shabana shabnam shahid
shahin shaho shaima shamsa shamso sharif sharmin sherin shilan shirin shkelqim shpresa shukri sigbjørn sigfred sigfrid
sigmund signe sigrid sigrun sigurd sigve siham silas silje silvana silvia simen simon simone simret sina sinan sindre
sindy sinisa siren siri siril sirin siv sivert siw sjur slavica slawomir snezana snorre sofia sofie sofiia sofija
solbjørg solfrid solrun solvei solveig solvår sondre sonia sonja sophia sophie soran stanislaw stefan stefania
stefanie steffen stein steinar steingrim steinulf stella sten stephan stephanie stian stig stine storm sturla sulaiman
sumaya sunil sunita sunniva susan susann susanna susanne suzan svanhild svein sveinung sven sverre svetlana svitlana
syed sylvi sylvia sylwia synne synnove synnøve syver sølve sølvi søren taha taimur talal tallak tam tamar tamara tanja
tarald tarek tarik tariq tarjei tatiana tea teklit temesgen teodor teresa terese tereza terje tesfay tesfaye tetiana
tetyana thanh thao thea thelma theo theodor thi thomas thor thora thorbjørg thorbjørn thore thorleif thorstein
thorvald thu thuy tia tiffany tigist tiina tilde tim timur tina tine tiril tirill toan tobias tollef tom tomas tomasz
tomine tommy tone tonje tor toralf torbjørg torbjørn tord tordis tore torfinn torgeir torgunn torhild torild torill
torjus torkel torkil torleif tormod torstein torun torunn torvald tove trang trine trinh trond troy trude truls trygve
trym tsegay tsehay tuan tuba tung turi turid tuva tyge tyra uffe ulf ulla ulrik ulrikke umar umut una une unn unni
urszula usman uwe vafa valentina valeria van-anh vanessa vanja vasyl vebjørn vegar vegard vemund venke vera vera-marie
veronica veronika vetle vibeke victor victoria vidar vigdis viktor viktoria viktoriia vilde vilfred vilja viljar
villads ville vilma vincent viola virginia vitalii vivian vlad vladimir volodymyr vuk vytautas waleed walid warda
wasim wenche weronika wesam widad wiebke wiktoria wilhelm wiliam william wilma wojciech xuan yahya yaman yana yara
yared yaroslav yasin yasir yasmin yasmina yasmine yassin yemane yngvar yngve yngvild yohana yohannes yonas yonatan
yosef younes young yousef youssef yrsa yulia yuliia yunus yurii yusra yusuf zahid zahra zaid zainab zakaria zakariya
zaki zakia zane zara zaynab zbigniew zeinab zekarias zeynep zhanna ziad zlata zoe zofia zohra zoran zsolt zuzanna ådne
åge åsa åse åshild åsmund åsne åsta åste ødegaard øistein øivind ørjan østen øystein øyvind
"""
_FAMILY = """
aaberg aalberg aas aasen aasheim abdi abdullahi abrahamsen adam adan aden ahmad ahmadi ahmadzai ahmed akbari akhtar
alhassan ali alm altun amdal amin amundsen andersen anderson andersson andreassen ansari antonsen arefi arnesen
arntsen arntzen arslan asfaw asghar aslaksen aspelund aune axelsen aydin ayub aziz bahadur bakke bakken bakker bang
barre barstad beck bendiksen berg berge berger bergersen berglund bergum berisha berntsen birkeland bjelland bjerkan
bjerke bjørge bjørkli bjørnsen bjørnstad bondevik borge borgen brandt breivik brekke brenden brevik bruun bryn bråten
bråthen bugge bui busch butt bye byrkjeland bø bøe børresen carlsen celik chaudhry chen cheng choi christensen
christiansen christoffersen christophersen dahl dahle dahlen damsgård dang danielsen danielsson dao das de demir djama
do doan duong dybvik dyrhaug edvardsen egeland egge eggen eide eidsvik eilertsen einarsen ek ekeberg eliassen
ellingsen elmi elstad emre enge engebretsen engelstad engen enger enoksen erdogan eriksen erlandsen espeland evans
evensen evjen fadnes falk falkenberg farah farooq ferdinand finstad fjeld fjeldheim fjell fjellheim fjelstad flaten
flatland forberg foss fosse fossum frantzen fredheim fredriksen friis fure fylling gabrielsen gashi gebremariam
gebremedhin ghebremeskel giske gjerde glad gomez gonzalez gran grande granli granlund green greve grindheim grøndahl
grønland grønli gulbrandsen gulliksen gundersen guttormsen gåsvær haaland hagelund hagen haidari haile hallen halse
hamid hammer hamre hansen hanssen hansson haraldsen haraldseth hashemi hassan hatlestad haug hauge haugen hauger
haugland haukeland hegdal hegge heggelund heimdal helgesen helland hellesen hellum henriksen herland hermann hermansen
hjelle hjelmeland hoang hoel holm holmberg holmen holst holte hope horn hosseini hovde hove hovland hoxha huang husby
husebø hussain hussaini hussein huynh håland høgberg høiland høyland ibrahim idland ingebrigtsen ingvaldsen iqbal
isachsen isaksen islam ismail isse iversen jaber jacobsen jacobsson jakobsen jama jamal jansen jansson jensen jenssen
jensson jensvold johannesen johannessen johannson johansen johansson johnsen jonassen jonsson juul jørgensen kaplan
karimi karlsen karlsson kaur kaya kazemi khan kiær kjeldsen kjos kjær klausen kleppe kleven klungland knapstad knudsen
knudtzon knutsen koch kolberg kolstad kolstø konate kovalenko kowalska kowalski kozak kozlowski kraft krasniqi
kravchenko kristensen kristiansen kristjansson kristoffersen krogh krohn kumar kvale kvalheim kvam kvamme kvamsdal
kverme kvinge kvist kårstad landsverk langeland langli larsen larssen lauritzen lauvås le lewandowski li lie lien
lillebø lindahl lindberg linde lindgren lindseth lindstrøm liu lorentzen lothe lund lundberg lundby lunde lunden
lunder lundquist lyngstad lysne løken løkken løland løvås madsen magnussen magnusson malik malmin markussen marthinsen
martinsen mathisen matre mehmood melby melnyk meyer miah michelsen mikalsen mikkelsen mirza moe moen mohamad mohamed
mohammadi mohammed mohamud moi monsen mork mortensen moum mousavi muhammad munkvold musa mustafa myhr myhre myklebost
myklebust myran myrvold mørk narvestad natvig nazari ness nesse ngo nguyen nguyễn nielsen nikolaisen nikolaysen nilsen
nilssen noori nordahl nordal nordby nordgård nordli nordmann nordstrøm norheim norman nowak nur nyberg nygaard nygård
nyhus nylund næss nøstvik obrestad odden oftedal okafor okonkwo olaisen olaussen olsen olsson omar opsahl osei osman
osmani ottesen ozturk paulsen paulsrud pedersen peters petersen petrenko pettersen pettersson pham phan phung pinto
polat prestegård qureshi rafiq rahimi rahman ramberg ramos rashid rasmussen raza rein reitan revheim riise rise ristad
rodriguez roland rosenberg rosenlund rosland rosvold rustad rustand ruud ryan rye rygh rød rødland røed røkke rønne
rønning sagen sahin sakariassen salazar salih salvesen samuelsen sanchez sand sandbakken sandberg sande sandnes
sandvik sandvold santos schei schmidt schrøder seljeseth selvik semb shah shahzad sharma sheikh siddiqui silva
simensen simonsen singh sivertsen sjursen skaar skarstein skaug skeie skjelbreid skjæveland skog skogen skoglund skår
slettebø sletten smith solberg solberget solem solhaug solheim solli sollie soltvedt sommer sorensen stangeland
stavang steen steffensen stene stenersen stensrud stokke stokkeland storvik strand strøm strømme støle sultan sund
sundby sunde sundt sunnanå sveen svendsen svensen svensson syed syvertsen sæther sætre søgård sørensen sørlie tahir
tangen tekle tesfamariam tesfay thapa theodorsen thomassen thorbjørnsen thoresen thorsen thorsrud thorstensen
thorvaldsen thu toft tollefsen torgersen tran traore trinh truong tufte tvedt tvedten tveit tveiten tveito tønnessen
tørresen uddin ueland ullah ulriksen ulvestad underland urdal usman vang vatne vedvik veland venås vestby vestli
vestre vigeland vik viken vinje vo vold volden vollan vu våge vågen waage wahl wallin walter wang warsame weldu wibe
wiig wiik wilhelmsen wilson winther wold wolden woldu wong wu xu yang yildirim yilmaz yohannes yusuf zaman zeqiri
zhang zhou zielinski åkre årdal ås åsen åsheim çelik öztürk ødegaard ødegård øen øien østby østli østvold øverland
şahin
"""
GIVEN = frozenset(_GIVEN.split())
FAMILY = frozenset(_FAMILY.split())
_SON = re.compile(r"\w{2,}(?:sen|ssen|son|datter|dottir|ović|ski|ska|enko|zadeh|oğlu)$")

# Whole families, couples and neighbours stand in one cell.
_JOINED = re.compile(r",|/|&|\+|(?<=\s)(?:og|and)(?=\s)")

# What is written before or behind a name: 1. Kari Berg; Berg, Kari (2014); Kari Berg f. 2014.
_BESIDE = re.compile(r"^[0-9]{1,3}[.)] |\([^()]*\)|(?:\bf[.] ?|\bfødt )?\b(?:19|20)[0-9]{2}\b")
_TITLED = re.compile(
    r"(?i:fam[.]?|familien|fru|hr[.]?|herr|frk[.]?|frøken|mrs?[.]?|ms[.]?) [A-ZÀ-ÞĀ-ɏ][^\W\d_]+(?:-[^\W\d_]+)?"
)
# Greek, Cyrillic, Arabic, Thai, Chinese and others: two words of them. For RE2.
_OTHER_SCRIPT = "^[\u0370-\u1cff\u2e80-\ud7ff'’.-]{2,}[ ,]+[\u0370-\u1cff\u2e80-\ud7ff'’. -]{2,}$"

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
    r"|advokat\w*|tannlege\w*|\w*firma\w*|elektro\w*|arkitekter|transport\w*|regnskap\w*|revisjon\w*|\w*verksted\w*"
    r"|\w*kjøkken|grill\w*|kiosk\w*|salong\w*|apotek\w*|blomster\w*|optik\w*|fysioterapi\w*|renhold|trafikkskole"
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
_CAPITAL = r"^(?:[0-9]{1,3}[.)] )?[(\"' ]*[A-ZÀ-ÞĀ-ɏ]"
_SHARE_WRITTEN_LARGE = 0.2
_SOME = 4


def words_of(text: str) -> list[str] | None:
    """Return a name's words, or None where the text is no row of two to five words with a capital each."""
    words = _JOINED.sub(" ", _BESIDE.sub(" ", text)).split()
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
    """Say whether a text is a full name in any order, in capitals or not: Kari Berge; BERGE, KARI ANNE; Kari B.

    Whoever has been dead for long and has schools, streets and squares called after him is no person of a register.
    """
    words = words_of(text)
    if is_no_person(text) or text.lower().removesuffix("s") in REMEMBERED or text.lower() in REMEMBERED:
        return False
    if words is None or _TITLED.fullmatch(text):
        return words is not None
    parts = [part for word in words for part in word.rstrip(".").lower().split("-")]
    given = any(part in GIVEN for part in parts)
    # Places are called Berg and Lund too, but not with a comma behind them; nor do they end in -sen.
    listed = "," in text and parts[0] in FAMILY
    return given or listed or any(_SON.fullmatch(part) for part in (parts[0], parts[-1]))


# Schools, streets and squares of Norway are called after them. By general knowledge; names that many have are left out.
REMEMBERED = frozenset(
    name.strip()
    for name in """
    aasmund olavsson vinje, aasta hansteen, alexander kielland, alf prøysen, amalie skram, anne-cath. vestly
    arne garborg, astrid lindgren, betzy kjelsberg, bjørnstjerne bjørnson, camilla collett, christian krohg
    christian magnus falsen, christian michelsen, edvard grieg, edvard munch, einar gerhardsen, fridtjof nansen
    gina krog, gustav vigeland, hans børli, hans nielsen hauge, harald hardråde, harald hårfagre, henrik ibsen
    henrik wergeland, herman wildenvey, hulda garborg, håkon håkonsson, ivar aasen, johan falkberget
    johan sverdrup, kirsten flagstad, knut hamsun, ludvig holberg, ludvig karsten, niels henrik abel
    nordahl grieg, nordahl rolfsen, olav duun, olav tryggvason, ole bull, ole vig, peder balke
    peter christen asbjørnsen, peter wessel tordenskiold, petter dass, roald amundsen, sigrid undset, sigurd hoel
    snorre sturlason, sonja henie, tarjei vesaas, theodor kittelsen, thomas fearnley, thor heyerdahl
    thorbjørn egner, vilhelm bjerknes
    """.replace("\n", ",").split(",")
    if name.strip()
)
_INITIALS = re.compile(r"[A-ZÆØÅ](?:[. -]{0,2}[A-ZÆØÅ]){1,3}[.]?")
_NO_INITIALS = frozenset(("JA", "NEI", "OK", "NAV", "IKT", "HMS", "SFO", "VGS"))


def are_initials(text: str) -> bool:
    """Say whether a text may be somebody's initials: KB, K.A.B."""
    return _INITIALS.fullmatch(text) is not None and text not in _NO_INITIALS


def is_given(text: str) -> bool:
    """Say whether a text is a common given name alone."""
    return _BESIDE.sub(" ", text).strip(" .").lower() in GIVEN


def share_of_persons(cells: Cells) -> float:
    """Return the share of a column's cells that are full names of persons, or given names alone."""
    return _share_of_written(cells, lambda text: is_person(text) or is_given(text))


def share_of_full_names(cells: Cells) -> float:
    """Return the share of a column's cells that are full names of persons."""
    return _share_of_written(cells, is_person)


def share_of_whole_names(cells: Cells) -> float:
    """Return the share of a column's cells that are a person's name in each of their words, given and family."""
    return _share(cells, is_whole_name)


def is_whole_name(text: str) -> bool:
    """Say whether a text is a full name with nothing in it but common given and family names, and initials."""
    words = words_of(text) if is_person(text) else None
    if words is None:
        return False
    parts = [part for word in words for part in word.rstrip(".").lower().split("-") if len(part) > 1]
    family = [part for part in parts if part in FAMILY or _SON.fullmatch(part)]
    return bool(family) and all(part in GIVEN or part in family or part in _SMALL for part in parts)


def share_of_initials(cells: Cells) -> float:
    """Return the share of a column's cells that may be initials; 0 where they are too few to be those of several."""
    return _share(cells, are_initials) if len(cells.distinct.texts) >= max(_SOME, cells.filled / 2) else 0.0


def share_in_other_scripts(cells: Cells) -> float:
    """Return the share of a column's cells that are two words or more in another script than ours."""
    return cells.share(_OTHER_SCRIPT)


def share_of_given(cells: Cells) -> float:
    """Return the share of a column's cells that are common given names alone."""
    return _share(cells, is_given)


def share_of_told(cells: Cells) -> float:
    """Return the share of a column's cells with a person's full name among other words: Vipps Kari Berg."""
    return _share(cells, person_within)


def share_of_family(cells: Cells) -> float:
    """Return the share of a column's cells that are common family names alone."""
    return _share(cells, _is_family)


def _is_family(text: str) -> bool:
    name = text.lower()
    return (name in FAMILY and name not in _PLACES) or (_SON.fullmatch(name) is not None and not is_no_person(text))


SHARES_OF_PERSONS = (share_of_persons, share_of_initials, share_of_told, share_of_family)
"""What says of a column that persons stand in it, in whatever form they are named."""


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


def _share_of_written(cells: Cells, asked: Callable[[str], bool]) -> float:
    """Return the share of the cells that are so; where the header says names, they may be written small."""
    called_so = headers.NAME.search(cells.name) or headers.ROLE.fullmatch(cells.name)
    if not called_so or cells.share(_CAPITAL) >= _SHARE_WRITTEN_LARGE or not cells.filled:
        return _share(cells, asked)
    return sum(asked(text.title()) for text in cells.sample.to_pylist()) / len(cells.sample)


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
_PAIR = re.compile(
    r"(?<![^\W_])(?=([^\W\d_]{2,}(?:-[^\W\d_]+)?) ([^\W\d_]{2,}(?:-[^\W\d_]+)?|[A-ZÆØÅ](?=[.]))((?: [^\W\d_]+){0,3}))"
)


# Families called after places, as places are: Nedre Berg has a new school.
_ALSO_PLACES = """
aas alm aune bakke bakken berg berge birkeland bjerkan bjerke bø bøe dahl dahle dahlen drammen egge eggen eide ek eng
engen enger fjell foss fossum gran grande granli granlund grønland hagen haug hauge haugen helland holm holmen holt
holte horn hove hovland husby kvam land lande lie lien lund lundby lunde lunden løken moe moen moi myhre myre ness
nordby nygaard nygård opsahl rud ruud rød rønning sand sande sandvik skog skogen skoglund slettebø sletten solberg
solheim solli stokke strand strøm sund sunde sæther sætre tangen tveit vang vestby vestre vik viken vold volden vågen
ås øen øien østby
"""
_BEFORE = "brødrene gamle indre lille midtre nedre nord nordre nye store søndre sør vest vestre ytre øst østre øvre"
_PLACES, _BEFORE_PLACES = frozenset(_ALSO_PLACES.split()), frozenset(_BEFORE.split())


def is_called_as_a_family(first: str, second: str) -> bool:
    """Say whether two words with capitals may be somebody's name by the second: Amela Demir, and not Nedre Berg."""
    family = second.lower()
    known = (family in FAMILY and family not in _PLACES) or _SON.fullmatch(family) is not None
    return known and first.lower() not in _BEFORE_PLACES and not is_no_person(first)


def person_within(text: str, *, told: bool = False) -> bool:
    """Say whether a full name stands within a sentence: a common given name, and another capital behind it.

    told: the sentence is about somebody, so that a common family name tells as much.
    """
    for pair in _PAIR.finditer(text):
        first, second, after = pair[1], pair[2], pair[3].split()
        if not (first[0].isupper() and second[0].isupper()):
            continue
        named = first.lower().split("-")[0] in GIVEN or (told and is_called_as_a_family(first, second))
        # What is called after a person goes on to say what it is: Hans Nielsen Hauges Minne, Ole Bulls plass.
        goes_on = [*after[:1], *takewhile(lambda word: word[0].isupper(), after)]
        if named and not any(map(is_no_person, (second, *goes_on))):
            return True
    return any(
        given.lower() in GIVEN and (family.lower() in FAMILY or _SON.fullmatch(family.lower()) is not None)
        for family, given in _REVERSED.findall(text)
    )


def is_listed(text: str) -> bool:
    """Say whether two names with a comma between stand in a text, one of them common: Demir, Amela."""
    return any(
        family.lower() in FAMILY or _SON.fullmatch(family.lower()) is not None or given.lower() in GIVEN
        for family, given in _REVERSED.findall(text)
    )


def is_subject(text: str) -> bool:
    """Say whether a sentence tells what a person is, has, did or got: Kari Berge fikk medisin."""
    return any(person_within(said) for said in _SUBJECT.findall(text))
