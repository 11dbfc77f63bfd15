import type { ErrorCode } from '../../../src/index.ts';

/** One sentence per error code: what happened and what to do now. Values come from the error's `detail`. */
export const errors = {
  'backend-unavailable':
    'This browser cannot compute with the chosen back-end. Choose “automatic” in the device menu.',
  'device-lost': 'The graphics device stopped answering. Start again: your project is kept.',
  'worker-died': 'The part of the page that computes has stopped. Start again: your project is kept.',
  'out-of-memory':
    'There was not enough memory. Close other tabs, or choose a smaller batch or fewer open blocks.',
  'loss-not-finite':
    'The loss stopped being a number, so the run was ended and its best state kept. Lower the learning rate and teach again.',
  'too-few-samples': 'There are too few pictures. Add more to each class.',
  'too-few-classes': 'At least two classes are needed. Add another one.',
  'no-test-samples': 'No picture is kept for the final exam (test set). Give it a share in Prepare.',
  'test-set-sealed':
    'The final exam (test set) has been opened {{opened}} times and is sealed. Agree to open it once more, or choose by the pictures to check while learning.',
  'not-ready': 'Something this needs is not ready yet. Finish the step before it.',
  'not-found': 'This is not in the project any more.',
  'file-empty': 'The file is empty (0 bytes). Copy it again from where it came from.',
  'file-truncated': 'The file is cut off. Copy it again from where it came from.',
  'file-unsupported': 'This kind of file is not supported. Use JPEG, PNG, WebP, GIF, AVIF or BMP.',
  'file-not-a-picture': 'This is not a picture, whatever its name says.',
  'file-heic': 'This browser cannot open HEIC. Export it as JPEG and drop it again.',
  'file-not-a-sound': 'This is no sound that is known here, whatever its name says.',
  'sound-nothing-heard':
    'Nothing stood out from the quiet in this recording. Speak nearer to the microphone, with a pause before and after.',
  'file-not-a-text': 'This is no text, whatever its name says.',
  'text-empty': 'There is no text in it, only nothing or white space.',
  'sound-silent': 'There is no sound in this file.',
  'sound-too-long': 'The sound lasts {{seconds}} s. Cut it to {{limitSeconds}} s at most and drop it again.',
  'sound-undecodable':
    'This browser cannot decode this sound: it is damaged, or of a kind unknown to it. Save it as WAV or MP3 and drop it again.',
  'file-too-large': 'The picture is too large to open. Make it smaller and drop it again.',
  'file-duplicate': 'The same picture is in the project already.',
  'zip-encrypted': 'The zip is locked by a password. Unpack it and drop the folder.',
  'zip-damaged': 'The zip is damaged or cut off. Copy or download it again.',
  'zip-bomb': 'The zip would unpack to an unreasonable size, so it was not opened.',
  'zip-nested': 'A zip inside a zip is not opened. Unpack it first.',
  'zip-unsafe-path': 'A path in the zip leads out of it, so this entry was left out.',
  'table-binary':
    'There are bytes in it that no text has (NUL), so it cannot be read as a table. Save it again as CSV (UTF-8).',
  'table-codec':
    'This Parquet file is packed in a way that cannot be unpacked here ({{codec}}). Write it again with Snappy, GZIP or ZSTD.',
  'table-columns':
    'The table has {{columns}} columns; up to {{limit}} can be read. Keep the ones that are needed.',
  'table-damaged': 'The table is damaged or cut off. Copy or download it again.',
  'table-file-missing':
    'Row {{line}} names “{{file}}”, which is not in what you dropped. Drop the pictures together with the table.',
  'table-file-several':
    'Row {{line}} names “{{file}}”, and several pictures are called that. Write the folder too.',
  'table-json':
    'Line {{line}} is not valid JSON, so it was left out. Look for a missing quote, comma or bracket there.',
  'table-no-columns':
    'No columns were found in “{{name}}”: most of its rows must have the same number of values. A value that holds a comma must stand in quotation marks.',
  'table-no-texts': 'No column of this table holds texts.',
  'table-no-files':
    'No column of this table names pictures. One column must hold file names of pictures that are dropped together with it.',
  'table-no-label': 'Row {{line}} (“{{file}}”) has no label. Fill it in, or choose another label column.',
  'table-not-listed': 'No row of “{{name}}” names this picture.',
  'table-quote': 'A quotation mark is opened near row {{line}} and never closed. Add the missing one.',
  'table-row':
    'Row {{line}} has {{found}} values, but the table has {{width}} columns. Check its delimiters and quotation marks.',
  'table-several':
    'Only one table is read at a time, and “{{name}}” has other columns. Drop this one by itself.',
  'table-several-labels':
    '“{{file}}” has several categories ({{labels}}), but a picture can be in one class only.',
  'table-shape': 'This JSON holds no list of records. A list with one object for each picture is needed.',
  'table-side':
    'Row {{line}}: “{{value}}” is no side of a split. Use train, validation or test, or choose another column.',
  'table-too-large': 'This JSON file is too large to be read whole. Save it as JSON Lines (.jsonl) or CSV.',
  'table-two-labels':
    'Row {{line}} gives “{{file}}” a second label: “{{second}}” after “{{first}}”. The first was taken.',
  'project-damaged': 'This project file is damaged, so nothing was changed. Save it again where it was made.',
  'project-newer':
    'This project was saved by a newer version of Graft. Reload the page to get the newest version.',
  offline:
    'There is no network, and this model is not stored here yet. Go online once, or use a bundled model.',
  'weights-fetch': 'The model could not be downloaded. Try again; what has arrived is kept.',
  'weights-hash': 'The downloaded model is not the one expected, so it was thrown away. Try again.',
  'model-unsupported': 'This model cannot do that yet.',
  'model-damaged': 'This model file is damaged or cut off. Copy or download it again.',
  'model-none':
    'There is no model in what you brought. Bring an ONNX file, a model.json with its weight files, or a Teachable Machine zip.',
  'model-several': 'These are several models: {{names}}. Bring one at a time.',
  'model-format':
    '{{name}} is a {{format}} file, which cannot be opened here. Export the model as ONNX or for TensorFlow.js and bring that.',
  'model-web-page':
    'This is a web page, not a model. Use the address of the file itself; on Hugging Face and GitHub that is the one of the download button.',
  'model-pointer':
    '{{name}} is only a note that says where the model is kept (Git LFS). Download the file itself from its page.',
  'model-incomplete': 'The model needs the file “{{file}}” as well. Drop it together with the model.',
  'model-too-large':
    'The model is too large: up to 1 GB can be opened here. Try a smaller or a half-precision version.',
  'model-text':
    'This model reads words, not pictures ({{input}}). Only models for pictures can be used so far.',
  'model-no-pictures':
    'This model does not take square colour pictures: it expects {{input}}. Bring one that takes a picture with three colour channels.',
  'model-no-features':
    'No place was found in this model where a whole picture becomes a list of features. A classifier or a backbone for pictures has one.',
  'model-one-picture':
    'This model was exported for one picture at a time, but learning needs several at once. Export it again with an open batch size (dynamic axis).',
  'model-missing':
    'The model of this project is not on this device any more. Bring it again, or choose another one.',
  'url-invalid': '“{{url}}” is no web address. It should begin with https:// and lead to a model file.',
  'url-blocked':
    'Nothing came from {{host}}. Either it is not there, or it does not let other pages read its files (CORS). Download the model yourself and drop it here.',
  quota: 'The browser has no room left for this site. Free some space or delete pictures, then try again.',
  'storage-unavailable':
    'This browser gives the page no storage, so nothing is kept after you close it. Save the project as a file.',
  'pictures-gone':
    'The browser has cleared pictures of this project ({{count}}, among them {{what}}). Add them again, or open a saved project. Everything else is there.',
  'run-gone':
    'The browser has cleared what run {{run}} had learned, so it is gone. Teach again, or open a saved project.',
  'open-elsewhere':
    'Graft is open in another tab, and that one keeps the project. Close this tab, or the other one and reload; nothing is kept here.',
  cancelled: 'Cancelled.',
  'stopped-early':
    'Stopped while the pictures were still being looked at. Nothing had been learned yet, so nothing was kept.',
  'version-mismatch': 'The page and its engine are of different versions. Reload the page.',
  'export-differs':
    'The file was opened again and answered {{agreeing}} of {{checked}} inputs as the model does (largest difference {{largestDifference}}). It was not handed out. Try full precision, or another format.',
  'export-operation':
    'This model has a step (“{{op}}”) that the format {{format}} cannot hold. Choose another format, such as ONNX.',
  internal: 'Something went wrong that should not. Your project is kept. ({{message}})',
} as const satisfies Record<ErrorCode, string>;
