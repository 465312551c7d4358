import {
  ARABIC_FAMILY_ROOTS, PERSIAN_FAMILY_ENDINGS, PERSIAN_FAMILY_ROOTS,
} from './romanised-vocabulary.js';

/**
 * Word lists of names are small: a million people who share 200 surnames are namesakes of each other as
 * nobody is in a real country. Surnames are grown here the way the languages themselves grow them: places
 * and trades with the endings of their region.
 */
const words = (text: string): readonly string[] => text.split(' ');

const joined = (stems: readonly string[], endings: readonly string[]): string[] =>
  stems.flatMap((stem) => endings.map((ending) => stem + ending));

const GERMAN_PLACES = words('Ober Unter Nieder Hoch Stein Eich Buch Birken Linden Tannen Berg Wald Bach Brunn Rosen '
  + 'Kirch Burg Stadt Dorf Wiesen Moos Ried Rohr Schwarz Weiss Roth Grün Gold Silber Eisen Mühl Kalten Warm Lang Kurz '
  + 'Breiten Schön Neu Alt Hinter Vorder Mitter Aich Ahorn Erlen Eschen Fichten Föhren Hasel Holler Kirsch Apfel '
  + 'Birn Nuss Wein Hopfen Korn Haber Gersten Heu Stroh Vogel Falken Adler Raben Hasen Fuchs Wolfs Bären Hirsch Reh '
  + 'Ochsen Kuh Ross Schaf Gans Enten Fisch Krebs Frosch Mond Sonnen Stern Winter Sommer Sand Lehm Kreuz Engel Teufel '
  + 'Kaiser König Fürsten Grafen Herren Bauern Kreiden Salz Schnee Eber Hagen Gruben Loch Pichl Wind Regen');
const GERMAN_ENDINGS = words('berger bacher hofer felder thaler huber bauer meier mayr lehner eder reiter stätter '
  + 'dorfer walder brunner kirchner acker leitner müller moser auer rieder wieser steiner egger gruber hauser burger '
  + 'feld berg bach hof wald stein thal mann inger schmid wirth weger graber eggl häusler reuter brenner kofler');

const UKRAINIAN_STEMS = words('Бондар Коваль Ткач Гончар Мельнич Шевц Кравц Олій Стельма Скляр Петр Іван Василь '
  + 'Степан Дмитр Романь Павл Федор Григор Михайл Андрій Марты Кузьм Лук Захар Тимош Прокоп Гнат Юр Клим Савч Остап '
  + 'Яким Лавр Панас Максим Ониськ Левч Наза Семен Вовк Заяц Соколь Ворон Голуб Орл Лис Бобр Журав Чорн Біл Руд Сив '
  + 'Довг Кривонос Литвин Волошин Гуцул Поліщ Татарч Козач Гетьман Писар');
const UKRAINIAN_ENDINGS = words('енко чук юк ів ський ович ак ець івський');
const RUSSIAN_STEMS = words('Кузнец Плотник Мельник Гончар Рыбак Охотник Пастух Ткач Портн Сапожник Столяр Бочар '
  + 'Дьяч Пономар Звонар Лебед Журавл Ястреб Грач Дрозд Скворц Ворон Соловь Тетер Глухар Карас Щукар Ершов Сом Окун '
  + 'Березин Дубров Осин Клен Рябин Калин Малин Смородин Ореш Полев Лугов Боров Озер Ручь Речн Камен Песк Глин '
  + 'Снег Мороз Дождь Ветр Зимин Весен Лет Осен Утр Ночн Стар Молод Больш Мал Толст Тонк Горбат Крив Прям Бел Черн');
const RUSSIAN_ENDINGS = words('ов ев ин ский ецкий иков янов енков');
const GREEK_STEMS = words('Παπα Γεωργ Δημητρ Νικολ Κωνσταντιν Ιωανν Χριστ Αναστασ Αθανασ Βασιλ Μιχαλ Σταματ Στεφαν '
  + 'Αντων Θεοδωρ Παναγ Σωτηρ Σπυρ Ηλ Λαμπρ Αποστολ Αργυρ Μαν Ζαχαρ Μαυρ Ασπρ Κοκκιν Καρα Χατζ Οικονομ Σιδηρ '
  + 'Φωτ Λεων Πετρ Παυλ Ραφαηλ Σαββ Τσιρ Κουτσ Μπαλ Ντουν Γκικ Ξυδ Ψαρ Ευαγγελ Ευσταθ');
const GREEK_ENDINGS = words('όπουλος ίδης άκης ιάδης άκος ούλης έλης άτος άρας ούσης');
const TURKISH_FIRST = words('Ak Kara Öz Yıl Demir Taş Altın Gümüş Er Bay Bey Can Çelik Dağ Deniz Gök Gül Gün Güney '
  + 'Kaya Kılıç Koç Kurt Kuş Mert Oğuz Ok Sarı Sel Soy Şen Tan Tek Toprak Tuna Tunç Uçar Ulu Uz Yalçın Yaman Yavuz '
  + 'Yeşil Yüce Bal Boz Bulut Aslan Ata');
const TURKISH_SECOND = words('oğlu kaya can er soy türk taş dağ tekin demir baş kan alp bay han ay su yurt göz bulut '
  + 'doğan gün ateş öz men');
const POLISH_STEMS = words('Kowal Nowak Wiśniew Lewand Zielon Szymań Woźnia Kozłow Jankow Mazur Kwiatkow Krawcz Piotrow '
  + 'Grabow Pawłow Michal Nowick Adamcz Dudz Zając Wieczor Jabłoń Majew Olszew Jaworow Malinow Stępn Górn Sikor '
  + 'Rutkow Ostrow Baran Dąbrow Lipow Brzozow Sosnow Bukow Klonow Topol Wilcz Lisow Sowiń Orłow Sokołow Gołęb');
const POLISH_ENDINGS = words('ski cki czyk owicz ak iak ewski owski ek ik');
const ROMANIAN_STEMS = words('Ion Vasil Gheorgh Nicol Petr Mih Stan Rad Dumitr Constantin Alexandr Flor Marin Const '
  + 'Andre Tudor Barb Bogd Cost Dobr Drag Filip Grigor Iac Lup Manol Mold Mun Neag Oprea Pav Pop Preda Sand Serb Stef '
  + 'Teod Tom Urs Vlad Voicu Zamf');
const ROMANIAN_ENDINGS = words('escu eanu aru an in oiu ache ea iță');
const SERBIAN_STEMS = words('Jovan Petr Nikol Mark Đorđ Stojan Ilij Pavl Stank Milo Radoj Rad Vuk Drag Bog Mil Zor '
  + 'Luk Tom Sim Ant Stev Vas Ostoj Živk Krst Laz Mir Novak Obrad Rist Sav Tad Uroš Vid Zlat Čol Šar Kos Kov Mlad');
const SERBIAN_ENDINGS = words('ović ević ić anović inković čević ojević ac');
const INDIAN_FIRST = words('Ram Krishna Shiva Vishnu Lakshmi Surya Chandra Indra Bala Raja Deva Hari Jaya Kumar Maha '
  + 'Naga Nara Padma Prem Rani Ravi Satya Sri Subra Sundar Uma Vara Venkata Vijaya Gopal Ganga Guru Bhanu Ananda');
const INDIAN_SECOND = words('murthy nathan swamy raj rao das prasad moorthy chandran krishnan raman kumar dev pal pati '
  + 'natha lingam samy maniam appa varma yan wala kar');
const NIGERIAN_FIRST = words('Ade Ola Olu Oba Oye Ayo Aki Fa Ogun Babat Chukwu Nwa Oke Eze Nna Obi Uzo Iwe Ani Ikech '
  + 'Onye Udo Ama Eme Osa Igbi Ehi Oro Efe Emu');
const NIGERIAN_SECOND = words('yemi wale tunde bayo dele sanya kunle femi lade bode yinka niyi remi soji tayo diran '
  + 'ka ma nna di chi oji edu ele ogu nze kwe agha idu ro');
const ITALIAN_STEMS = words('Mont Camp Font Vall Ross Bianch Ner Verd Grand Piccol Lung Cort Fabbr Ferr Sart Barb Molin '
  + 'Forn Pastor Cacciat Pescat Albert Bernard Carl Daniel Enric Federic Giacom Guglielm Lorenz Marc Nicol Pier Robert');
const ITALIAN_ENDINGS = words('ini etti elli oni acci ucci ardi asi ano aro igni otti ata');
const ENGLISH_FIRST = words('Ash Black Brad Brook Clay Cross East Fair Green Hart Haw High Hol King Lang Mar Mid New '
  + 'North Oak Old Red Rock Stan Stone Sun Thorn Under Wake Wal West White Whit Wind Win Wood');
const ENGLISH_SECOND = words('ford ley ton wood field well man worth stone ridge bury land more son burn gate brook wick');

const arabicForms = (roots: readonly string[]): string[] =>
  roots.flatMap((root) => [`Al-${root}`, root, `Al ${root}`, `Abu ${root}`, `${root}i`]);
const maghrebiForms = (roots: readonly string[]): string[] =>
  roots.flatMap((root) => [`El ${root}`, root, `Ben${root.toLowerCase()}`, `Ait ${root}`, `Bou${root.toLowerCase()}`]);

/** Grown surnames by culture (masculine form where the language has two). */
export const GROWN_SURNAMES = {
  german: joined(GERMAN_PLACES, GERMAN_ENDINGS),
  ukrainian: joined(UKRAINIAN_STEMS, UKRAINIAN_ENDINGS),
  russian: joined(RUSSIAN_STEMS, RUSSIAN_ENDINGS),
  greek: joined(GREEK_STEMS, GREEK_ENDINGS),
  turkish: joined(TURKISH_FIRST, TURKISH_SECOND),
  polish: joined(POLISH_STEMS, POLISH_ENDINGS),
  romanian: joined(ROMANIAN_STEMS, ROMANIAN_ENDINGS),
  serbian: joined(SERBIAN_STEMS, SERBIAN_ENDINGS),
  indian: joined(INDIAN_FIRST, INDIAN_SECOND),
  nigerian: joined(NIGERIAN_FIRST, NIGERIAN_SECOND),
  italian: joined(ITALIAN_STEMS, ITALIAN_ENDINGS),
  english: joined(ENGLISH_FIRST, ENGLISH_SECOND),
    arabic: arabicForms(ARABIC_FAMILY_ROOTS),
  maghrebi: maghrebiForms(ARABIC_FAMILY_ROOTS),
  persian: joined(PERSIAN_FAMILY_ROOTS, PERSIAN_FAMILY_ENDINGS),
} as const satisfies Readonly<Record<string, readonly string[]>>;
