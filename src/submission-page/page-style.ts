/** Text at 7:1 or more against its ground, controls at 3:1 or more, in light and in dark. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #1b2430; --quiet: #465261; --line: #76818e; --accent: #0b4f8a; --on-accent: #ffffff;
  --good: #0d5a2c; --bad: #8c1313; --soft: #f1f4f7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14191f; --text: #eef2f6; --quiet: #bcc7d2; --line: #8996a3; --accent: #9cc9f5; --on-accent: #0d1a26;
    --good: #8fdcab; --bad: #ffb3ad; --soft: #1f262e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1.0625rem/1.55 system-ui, sans-serif; }
header { border-bottom: 1px solid var(--line); }
header > *, main { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem; }
.brand { padding-block: .7rem; font-weight: 650; letter-spacing: .02em; }
main { padding-bottom: 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 2rem 0 .75rem; }
label { display: block; font-weight: 600; margin: 1.4rem 0 .35rem; }
input, select, button { font: inherit; color: inherit; }
input, select {
  width: 100%; padding: .6rem .7rem; background: var(--ground); border: 1px solid var(--line); border-radius: .35rem;
}
input[type=file] { background: var(--soft); }
button {
  margin: 1.2rem .6rem 0 0; padding: .6rem 1.3rem; border-radius: .35rem; border: 1px solid var(--accent);
  background: var(--accent); color: var(--on-accent); font-weight: 600; cursor: pointer;
}
button.second { background: transparent; color: var(--accent); }
button:disabled { border-color: var(--line); background: var(--soft); color: var(--quiet); cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
section:focus { outline: none; }
code { font-size: .93em; overflow-wrap: anywhere; }
.hint, .quiet { color: var(--quiet); font-size: .95rem; margin: .35rem 0 0; }
#problem:not(:empty) { border-left: 4px solid var(--bad); background: var(--soft); padding: .7rem .9rem; }
#problem code { font-weight: 600; color: var(--bad); }
#progress { margin-top: 1.6rem; }
#sent { margin: .3rem 0 0; }
progress { width: 100%; height: 1rem; accent-color: var(--accent); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.verdict { font-size: 1.35rem; font-weight: 650; margin: 1.4rem 0 .2rem; }
.accepted { color: var(--good); }
.refused { color: var(--bad); }
.wide { overflow-x: auto; margin: 1.2rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .97rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
td { overflow-wrap: anywhere; min-width: 4.6rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
[hidden] { display: none; }
`;
