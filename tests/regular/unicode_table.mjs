// Writes compat/evtcompat/algebra/ecma/unicode_properties.txt from the Unicode data of the running Node:
//     node tests/algebra/unicode_table.mjs > compat/evtcompat/algebra/ecma/unicode_properties.txt
// One line a property: its names, a tab, and alternating gaps and lengths of its ranges in base 36. Surrogates are left out.
const categories = `L Letter|Lu Uppercase_Letter|Ll Lowercase_Letter|Lt Titlecase_Letter|LC Cased_Letter|Lm Modifier_Letter|Lo Other_Letter
M Mark Combining_Mark|Mn Nonspacing_Mark|Mc Spacing_Mark|Me Enclosing_Mark
N Number|Nd Decimal_Number digit|Nl Letter_Number|No Other_Number
P Punctuation punct|Pc Connector_Punctuation|Pd Dash_Punctuation|Ps Open_Punctuation|Pe Close_Punctuation|Pi Initial_Punctuation|Pf Final_Punctuation|Po Other_Punctuation
S Symbol|Sm Math_Symbol|Sc Currency_Symbol|Sk Modifier_Symbol|So Other_Symbol
Z Separator|Zs Space_Separator|Zl Line_Separator|Zp Paragraph_Separator
C Other|Cc Control cntrl|Cf Format|Cs Surrogate|Co Private_Use|Cn Unassigned`.split(/[|\n]/).map(line => line.split(" "));
const binary = `ASCII|ASCII_Hex_Digit AHex|Alphabetic Alpha|Any|Assigned|Cased|Dash|Default_Ignorable_Code_Point DI|Diacritic Dia|Emoji|Emoji_Component EComp
Emoji_Modifier EMod|Emoji_Modifier_Base EBase|Emoji_Presentation EPres|Extended_Pictographic ExtPict|Hex_Digit Hex|ID_Continue IDC|ID_Start IDS|Ideographic Ideo
Lowercase Lower|Math|Quotation_Mark QMark|Regional_Indicator RI|Sentence_Terminal STerm|Unified_Ideograph UIdeo|Uppercase Upper|Variation_Selector VS
White_Space space|XID_Continue XIDC|XID_Start XIDS`.split(/[|\n]/).map(line => line.split(" "));
const scripts = `Arabic Arab|Armenian Armn|Bengali Beng|Bopomofo Bopo|Braille Brai|Cherokee Cher|Common Zyyy|Coptic Copt|Cyrillic Cyrl|Devanagari Deva|Ethiopic Ethi
Georgian Geor|Gothic Goth|Greek Grek|Gujarati Gujr|Gurmukhi Guru|Han Hani|Hangul Hang|Hebrew Hebr|Hiragana Hira|Inherited Zinh Qaai|Kannada Knda|Katakana Kana
Khmer Khmr|Lao Laoo|Latin Latn|Malayalam Mlym|Mongolian Mong|Myanmar Mymr|Oriya Orya|Runic|Sinhala Sinh|Syriac Syrc|Tamil Taml|Telugu Telu|Thaana Thaa
Thai|Tibetan Tibt|Yi Yiii`.split(/[|\n]/).map(line => line.split(" "));
function ranges(property) {
  const test = new RegExp(`^\\p{${property}}$`, "u");
  const found = [];
  let last = 0, start = -1;
  for (let point = 0; point <= 0x110000; point++) {
    const inside = point < 0x110000 && !(point >= 0xd800 && point < 0xe000) && test.test(String.fromCodePoint(point));
    if (inside && start < 0) start = point;
    if (!inside && start >= 0) {
      found.push((start - last).toString(36), (point - start).toString(36));
      last = point;
      start = -1;
    }
  }
  return found.join(" ");
}
console.log(`# Unicode ${process.versions.unicode}; written by tests/algebra/unicode_table.mjs. Derived from the Unicode Character Database, (c) Unicode, Inc., Unicode License v3.`);
for (const names of categories)
  console.log(names.map(name => `${name},gc=${name},General_Category=${name}`).join(",") + "\t" + ranges(names[0]));
for (const names of binary) console.log(names.join(",") + "\t" + ranges(names[0]));
for (const names of scripts) {
  console.log(names.map(name => `sc=${name},Script=${name}`).join(",") + "\t" + ranges(`sc=${names[0]}`));
  console.log(names.map(name => `scx=${name},Script_Extensions=${name}`).join(",") + "\t" + ranges(`scx=${names[0]}`));
}
