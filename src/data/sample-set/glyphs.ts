/** @file The glyphs of the sample set: data only. Each is one code point (some with the emoji selector U+FE0F). */

const ANIMALS =
  '🐀 🐁 🐂 🐃 🐄 🐅 🐆 🐇 🐈 🐉 🐊 🐋 🐌 🐍 🐎 🐏 🐐 🐑 🐒 🐓 🐔 🐕 🐖 🐗 🐘 🐙 🐛 🐜 🐝 🐞 🐟 🐠 🐡 🐢 🐤 🐥 🐦 🐧 🐨 🐩 ' +
  '🐪 🐫 🐬 🐭 🐮 🐰 🐱 🐲 🐳 🐴 🐵 🐶 🐷 🐸 🐹 🐺 🐻 🐼 🐿️ 🦀 🦁 🦂 🦃 🦅 🦆 🦇 🦈 🦉 🦊 🦋 🦌 🦍 🦎 🦏 🦒 🦓 🦔';
const FOOD =
  '🌭 🌮 🌯 🌰 🌶️ 🌽 🍄 🍅 🍆 🍇 🍈 🍉 🍊 🍋 🍌 🍍 🍎 🍏 🍐 🍑 🍒 🍓 🍔 🍕 🍖 🍗 🍘 🍙 🍚 🍛 🍜 🍝 🍞 🍟 🍠 🍡 🍢 🍣 🍤 🍥 ' +
  '🍦 🍧 🍨 🍩 🍪 🍫 🍬 🍭 🍮 🍯 🍰 🍱 🍲 🍳 🍿 🎂 🥐 🥑 🥒 🥓 🥔 🥕 🥖 🥗 🥚 🥜 🥝 🥞 🥥 🥦 🥨 🥩 🥪 🧀 🧁';
const VEHICLES =
  '🚀 🚁 🚂 🚃 🚄 🚅 🚆 🚇 🚈 🚉 🚊 🚋 🚌 🚍 🚎 🚐 🚑 🚒 🚓 🚔 🚕 🚖 🚗 🚘 🚙 🚚 🚛 🚜 🚝 🚞 🚟 🚠 🚡 🚢 🚤 🚲 🛥️ 🛩️ 🛫 🛬 ' +
  '🛳️ 🛴 🛵 🛶 🛷 🛸 🛹 🛺 🛻 🛼 🏍️ 🏎️ ⛴️ ⛵ ✈️ 🛰️ 🛒 🦼 🦽 🛞';
const FACES =
  '😀 😁 😂 😃 😄 😅 😆 😇 😈 😉 😊 😋 😌 😍 😎 😏 😐 😑 😒 😓 😔 😕 😖 😗 😘 😙 😚 😛 😜 😝 😞 😟 😠 😡 😢 😣 😤 😥 😦 😧 ' +
  '😨 😩 😪 😫 😬 😭 😮 😯 😰 😱 😲 😳 😴 😵 😶 😷 🙁 🙂 🙃 🙄 🤐 🤑 🤒 🤓 🤔 🤕 🤠 🤡 🤢 🤣 🤤 🤥';

/** Glyphs per class, in the order of the class names that the sample set is asked for. */
export const SAMPLE_GLYPHS: readonly (readonly string[])[] = [ANIMALS, FOOD, VEHICLES, FACES].map((list) =>
  list.split(' '),
);
