// Loads CommonJS modules in a page whose policy forbids making code of strings: the server wraps each file
// into a call of `defineModule` and names the address of each module it requires; the packages are modules of
// the browser's own kind. The loader itself imports nothing: the page starts it as a plain script.
type Run = (exports: unknown, require: (request: string) => unknown, module: { exports: unknown }) => void;
interface Definition {
  /** Address of what the module calls `request`. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly run: Run;
}
interface Page {
  document: {
    createElement(name: 'script'): { src: string; onload: () => void; onerror: () => void };
    head: { append(element: object): void };
    currentScript: { dataset: { entry: string } };
  };
  addEventListener(type: string, listener: (event: { message?: string; reason?: unknown }) => void): void;
  defineModule(address: string, addresses: Definition['addresses'], run: Run): void;
}
const page = globalThis as unknown as Page;
const asked = new Set<string>();
const definitions = new Map<string, Definition>();
const modules = new Map<string, { exports: unknown }>();

page.defineModule = (address, addresses, run) => definitions.set(address, { addresses, run });

function loadScript(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = page.document.createElement('script');
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`could not load ${address}`));
    script.src = address;
    page.document.head.append(script);
  });
}

/** Brings the module and all that it requires; runs none of it but packages. */
async function bring(address: string): Promise<void> {
  if (asked.has(address)) return;
  asked.add(address);
  if (address.startsWith('/node_modules/')) {
    modules.set(address, { exports: await import(address) });
    return;
  }
  await loadScript(address);
  await Promise.all(Object.values(definitionOf(address).addresses).map(bring));
}

function definitionOf(address: string): Definition {
  const definition = definitions.get(address);
  if (definition === undefined) throw new Error(`${address} did not define itself`);
  return definition;
}

function exportsOf(address: string): unknown {
  const known = modules.get(address);
  if (known !== undefined) return known.exports;
  const { addresses, run } = definitionOf(address);
  const module = { exports: {} };
  modules.set(address, module);
  run(module.exports, (request) => exportsOf(addresses[request]), module);
  return module.exports;
}

function tell(error: unknown): void {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);
  void fetch('/error', { method: 'POST', body: text });
}

page.addEventListener('error', (event) => tell(event.message));
page.addEventListener('unhandledrejection', (event) => tell(event.reason));
const { entry } = page.document.currentScript.dataset;
bring(entry)
  .then(() => (exportsOf(entry) as { report: () => Promise<void> }).report())
  .catch(tell);
