// What the page uses of the browser, by hand: the library of the browser's types would make `document` and
// `window` known to the whole service.

export interface DomNode {
  textContent: string | null;
  hidden: boolean;
  append(...children: (DomNode | string)[]): void;
  replaceChildren(...children: (DomNode | string)[]): void;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, listener: (event: { preventDefault(): void }) => void): void;
  focus(): void;
}

export interface ChosenFile extends Blob {
  readonly name: string;
}

/** Inputs, selects, buttons and the progress element; each has some of these. */
export interface DomControl extends DomNode {
  value: string;
  max: number;
  disabled: boolean;
  readonly files: Iterable<ChosenFile> | null;
}

interface DomDocument {
  getElementById(id: string): DomControl | null;
  createElement(name: string): DomControl;
}

/** The page's own document and address. */
export const { document, location } = globalThis as unknown as {
  readonly document: DomDocument; readonly location: { readonly origin: string };
};

/** @throws Error where the page has no such element: page and program are not of one build. */
export function byId(id: string): DomControl {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element ${id}`);
  return element;
}

export function element(
  name: string, attributes: Readonly<Record<string, string>>, ...children: (DomNode | string)[]
): DomControl {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
