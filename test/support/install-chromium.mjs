// The browser test runs in a real Chromium.
import { needProgram } from './debian-package.mjs';

needProgram('chromium', ['  macOS:          brew install --cask chromium']);
