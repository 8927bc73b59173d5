import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/* The names of styles.css: dark and light come by themselves. */
const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--c-ink)', backgroundColor: 'var(--c-console)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: "'Geist Mono Variable', ui-monospace, monospace",
    fontSize: '13px',
    lineHeight: '1.55',
  },
  '.cm-content': { caretColor: 'var(--c-accent)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--c-accent)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    backgroundColor: 'var(--c-sunken)',
    color: 'var(--c-faint)',
    borderRight: '1px solid var(--c-line)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--c-hover) 55%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--c-hover)', color: 'var(--c-ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'color-mix(in srgb, var(--c-accent) 28%, transparent)' },
  '.cm-matchingBracket': {
    backgroundColor: 'var(--c-accent-soft)',
    outline: '1px solid var(--c-accent)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--c-warn-soft)', outline: '1px solid var(--c-warn)' },
  '.cm-panels': { backgroundColor: 'var(--c-sunken)', color: 'var(--c-ink)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--c-line)' },
  '.cm-textfield': {
    backgroundColor: 'var(--c-canvas)',
    color: 'var(--c-ink)',
    border: '1px solid var(--c-line-strong)',
    borderRadius: '5px',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--c-raised)',
    color: 'var(--c-ink)',
    border: '1px solid var(--c-line-strong)',
    borderRadius: '5px',
  },
  '.cm-changedLine': {
    backgroundColor: 'color-mix(in srgb, var(--c-good-soft) 55%, var(--c-console))',
  },
  '.cm-deletedChunk': { backgroundColor: 'var(--c-bad-soft)', paddingLeft: '6px' },
  '.cm-changedText': { background: 'color-mix(in srgb, var(--c-good) 22%, transparent)' },
  '.cm-deletedChunk .cm-deletedText': {
    background: 'color-mix(in srgb, var(--c-bad) 22%, transparent)',
  },
  // On coloured ground the colours of a language could not be read.
  '.cm-changedText, .cm-changedText span, .cm-deletedChunk span': { color: 'var(--c-ink)' },
  '.cm-collapsedLines': {
    background: 'var(--c-sunken)',
    color: 'var(--c-muted)',
  },
})

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--c-magenta)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--c-good)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--c-warn)' },
  { tag: [tags.comment, tags.meta], color: 'var(--c-faint)', fontStyle: 'italic' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.className],
    color: 'var(--c-busy)',
  },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--c-busy)' },
  { tag: [tags.typeName, tags.tagName, tags.heading], color: 'var(--c-accent)' },
  { tag: tags.heading, fontWeight: '600' },
  { tag: tags.link, textDecoration: 'underline' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strong, fontWeight: '600' },
  { tag: tags.invalid, color: 'var(--c-bad)' },
])

export const editorTheme: Extension = [look, syntaxHighlighting(colours)]
