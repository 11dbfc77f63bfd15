import { EngineError } from '../../../core/errors.ts';
import { damaged } from '../../importing/errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** The settings of one layer, read with checks: they are data of a stranger. */
export class LayerConfig {
  readonly className: string;
  readonly name: string;
  private readonly config: Json;

  /** @throws {EngineError} `model-damaged` if this describes no layer. */
  constructor(layer: unknown) {
    const json = asJson(layer);
    const className = json === null ? undefined : own(json, 'class_name');
    // Early Keras wrote the layers of a Sequential in place of its configuration.
    const config = json === null ? undefined : own(json, 'config');
    if (typeof className !== 'string' || typeof config !== 'object' || config === null) {
      throw damaged('it holds something that is no layer');
    }
    this.className = className;
    this.config = Array.isArray(config) ? { layers: config } : (config as Json);
    const name = own(this.config, 'name') ?? (json === null ? undefined : own(json, 'name'));
    this.name = typeof name === 'string' ? name : className.toLowerCase();
  }

  get(key: string): unknown {
    return own(this.config, key);
  }

  number(key: string, otherwise: number): number {
    const value = this.get(key);
    return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.get(key);
    return typeof value === 'boolean' ? value : otherwise;
  }

  text(key: string, otherwise: string): string {
    const value = this.get(key);
    return typeof value === 'string' ? value : otherwise;
  }

  /** One or two integers, as a pair. */
  pair(key: string, otherwise: readonly [number, number]): readonly [number, number] {
    const value = this.get(key);
    if (typeof value === 'number') return [value, value];
    const [first, second = first] = intsOf(value) ?? [];
    return first === undefined || second === undefined ? otherwise : [first, second];
  }

  ints(key: string): readonly number[] | null {
    return intsOf(this.get(key));
  }

  list(key: string): readonly unknown[] {
    const value = this.get(key);
    return Array.isArray(value) ? (value as readonly unknown[]) : [];
  }

  /** The layer cannot be imported. */
  refuse(problem: string): EngineError {
    const { name, className } = this;
    return new EngineError('model-unsupported', `The layer "${name}" (${className}) ${problem}.`, {
      node: name,
      op: className,
    });
  }
}

function own(json: Json, key: string): unknown {
  return Object.hasOwn(json, key) ? json[key] : undefined;
}

function asJson(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function intsOf(value: unknown): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const items = value as readonly unknown[];
  return items.every((item) => Number.isInteger(item)) ? (items as readonly number[]) : null;
}
