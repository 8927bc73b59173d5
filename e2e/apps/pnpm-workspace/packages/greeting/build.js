import { cpSync } from 'node:fs'
// A tool of the build, which the app does without.
import 'picocolors'

cpSync('src', 'dist', { recursive: true })
