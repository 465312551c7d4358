/** The page. What is under way is told in `state`, politely; what fails in `problem`, at once. */
export const PAGE_DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Submit an extract - Vinculum</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/submit/page.css">
<script src="/submit/page.js" defer></script>
</head>
<body>
<header><p class="brand">Vinculum</p></header>
<main>
<h1>Submit an extract</h1>
<p>For custodians of registers. Encode at home with <code>vinculum encode</code>, or with clkhash beside a CSV of content;
the key of the project is not needed here and must not be on this computer. Should the line break, or this page be closed,
choose the same files again: it goes on from the bytes that the service has stored.</p>
<p id="problem" role="alert"></p>
<form id="sign-in">
<label for="token">Access token</label>
<input id="token" type="password" required autocomplete="off" spellcheck="false" aria-describedby="token-hint">
<p id="token-hint" class="hint">Of your organisation's identity provider. It stays in the memory of this page and is gone
when you close or reload it.</p>
<button type="submit">Continue</button>
</form>
<form id="extract" hidden>
<p class="quiet">Signed in as <span id="who"></span></p>
<label for="project">Project</label>
<select id="project"></select>
<label for="files">Files of the extract</label>
<input id="files" type="file" multiple aria-describedby="files-hint chosen">
<p id="files-hint" class="hint">All files of its folder together: <code>manifest.json</code>, <code>encodings.bin</code>
(<code>clks.json</code> or <code>clks.bin</code> of clkhash), <code>content.csv</code>, <code>events.csv</code>.</p>
<p id="chosen" aria-live="polite"></p>
<button id="send" type="submit" disabled>Submit</button>
<button id="pause" type="button" class="second" disabled>Pause</button>
</form>
<div id="progress" hidden>
<progress id="bar" max="1" value="0" aria-label="Sent"></progress>
<p id="sent"></p>
</div>
<p id="state" role="status" class="unseen"></p>
<section id="report" tabindex="-1" aria-label="Report"></section>
</main>
</body>
</html>
`;
