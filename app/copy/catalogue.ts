/** The shape that another language must fill: every key of the English one, without its singular forms. */
export type Catalogue<T> = {
  readonly [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string
    ? string
    : Catalogue<T[K]>;
};

type Stem<K extends string> = K extends `${infer S}_one` | `${infer S}_other` ? S : K;

/** The keys of a catalogue as i18next takes them: dotted, and without plural endings. */
export type LeafKey<T> = {
  [K in keyof T & string]: T[K] extends string ? Stem<K> : `${K}.${LeafKey<T[K]>}`;
}[keyof T & string];
