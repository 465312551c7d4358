// The cluster tests run on a real redis-server.
import { needProgram } from './debian-package.mjs';

needProgram('redis-server', ['  macOS:          brew install redis']);
