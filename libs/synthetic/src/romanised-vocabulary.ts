/**
 * Arabic and Persian names in a plain Latin spelling. Word lists of these scripts write no short vowels,
 * while passports do; so the base form is Latin and the spellings of documents vary around it
 * (romanisation.ts).
 */
const words = (text: string): readonly string[] => text.split(' ');

export const ARABIC_GIVEN = {
  M: words('Muhammad Ahmad Mahmud Ali Hasan Husayn Omar Khalid Yusuf Ibrahim Abdullah Abdulrahman Mustafa Hamza '
    + 'Bilal Tariq Walid Said Samir Karim Jamal Nasir Faysal Faris Majid Rashid Salih Sami Rami Ziyad Basil Anas '
    + 'Ayman Bashar Firas Ghassan Haytham Imad Jihad Kamal Luay Mazin Munir Nabil Nizar Qasim Rafiq Riyad Saad '
    + 'Salim Shadi Sulayman Tawfiq Usama Wail Yahya Yasin Zakariya Ismail Idris Ammar Adnan Amir Amin Anwar Hani '
    + 'Hisham Ihsan Isa Issam Marwan Maher Musa Raed Ridwan Shakir Tamim'),
  F: words('Fatima Maryam Aisha Zaynab Khadija Amina Layla Nur Huda Hanan Iman Salma Samira Rania Rim Dalal Dina '
    + 'Farah Ghada Hiba Hala Heba Jamila Karima Lubna Lina Maha Manal Mona Nada Nadia Najwa Nisrin Rasha Rawan '
    + 'Reem Ruqaya Sabah Safa Sahar Sana Sara Shahd Suad Wafa Yasmin Yusra Zahra Asma Asil Bushra Duaa Hajar '
    + 'Ikram Ilham Kawthar Latifa Malika Marwa Nawal Naima Nura Rabia Rachida Saida Sumaya Thuraya Wisal Zubayda'),
};

export const ARABIC_FAMILY_ROOTS = words('Hamdan Khalil Darwish Haddad Najjar Khatib Halabi Shami Masri Hassan '
  + 'Saleh Qadir Rahman Aziz Hamid Jabir Jaber Nassar Saqqa Attar Sayyid Sharif Bakri Umari Husayni Jaziri Dulaymi '
  + 'Jubouri Tikriti Baghdadi Basri Mawsili Rifai Zubaydi Obaid Hashimi Ansari Qurashi Tamimi Shammari Anazi '
  + 'Harbi Ghamdi Zahrani Dosari Mutairi Otaibi Qahtani Shehri Asiri Maliki Hanafi Farsi Kurdi Turki Habashi Asad '
  + 'Nimr Saqr Shahin Bazi Dib Hajj Imam Qadi Wazir Amiri Mudir Katib Hakim Tabib Jarrah Khayat Sabbagh Dabbagh '
  + 'Qassab Khabbaz Tahan Lahham Hallaq Fawwal Zayat Samman Assal Nahhas Sayegh Maktabi Warraq Sarraf Bazzaz '
  + 'Farran Banna Hajjar Rassam Naqqash Kattan Qattan Ghazal Labban Jammal Baqqal Akkad Allaf Bitar Sukkari '
  + 'Mallah Rayyis Askari Jundi Shawish Agha Basha Bayk Safadi Nabulsi Khalidi Maqdisi Ghazi Homsi Hamwi Hourani '
  + 'Idlibi Daraawi Jabali Sahli Badawi Hadari Rifi Bahri Nahri Wadi Saadi Awad Ayyub Barakat Bishara Daher Fahd '
  + 'Farhat Ghanem Habib Issa Jumaa Kanaan Khoury Maalouf Mansour Murad Nader Odeh Qasem Rizk Sabra Salameh Sarhan '
  + 'Shaban Taha Yaqub Younes Zaki Zidan Abbas Alwan Aswad Azzam Badr Daoud Fayyad Hijazi Kassab Latif Mahfouz');

export const PERSIAN_GIVEN = {
  M: words('Muhammad Ali Reza Husayn Mahdi Hamid Amir Ahmad Said Farhad Behrouz Dariush Kamran Omid Navid Arash '
    + 'Babak Bahram Cyrus Davoud Ehsan Farid Firuz Habib Iraj Jawad Kaveh Kian Majid Masoud Mehdi Milad Mohsen '
    + 'Mostafa Nader Parviz Payam Pouya Ramin Rustam Salman Sina Sohrab Soroush Vahid Yaser Zahir Abdul Aziz '
    + 'Gul Mirwais Najib Noor Rahim Rahmat Rashid Sharif Wahid Zabihullah Asadullah Hashmat Ismatullah Khalil '
    + 'Matiullah Naqib Qudrat Shafiq Sayed Esmat Hedayat'),
  F: words('Fatima Zahra Maryam Sara Leila Narges Nasrin Parisa Shirin Yasaman Azadeh Anahita Arezu Atefa Bahar '
    + 'Banafsheh Darya Elham Farideh Farzana Fereshteh Forouzan Golnar Hamida Homa Jamila Khadija Ladan Laleh '
    + 'Mahnaz Mahsa Marzia Masouma Mina Mozhgan Nahid Nargis Nazanin Negar Niloufar Parvin Parwana Rabia Roya Sahar '
    + 'Samira Setareh Shabnam Shahla Shakiba Simin Soheila Soraya Tahmina Taraneh Tahereh Wazhma Yalda Zeba Zohra '
    + 'Freshta Hosnia Latifa Malalai Nilab Palwasha Razia Shukria'),
};

export const PERSIAN_FAMILY_ROOTS = words('Ahmad Ali Hasan Husayn Karim Rahim Rahman Hamid Majid Rashid Sharif '
  + 'Mohamad Mahmoud Ibrahim Ismail Yaqub Yousef Musa Davoud Soleiman Akbar Asghar Jafar Kazem Sadeq Taqi Naqi '
  + 'Mahdi Abbas Qasem Rostam Bahram Farhad Khosrow Jamshid Iraj Manuchehr Hooshang Ardeshir Darab Shahriar Kamal '
  + 'Jamal Jalal Nader Nasser Mansur Masud Habib Latif Aziz Amir Mir Sultan Malek Khan Beg Gol Noor Sher Zaman '
  + 'Shah Wali Faqir Din Omar Osman Haydar Safar Rajab Moharram Ramezan Nowruz Qorban Shaban Barat Eid');
export const PERSIAN_FAMILY_ENDINGS = ['i', 'zada', 'pour', 'yar', 'nejad', 'ian', 'far', 'khel', 'zai', 'wal', ''];
