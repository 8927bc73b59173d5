import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language'
import { unifiedMergeView } from '@codemirror/merge'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, Text } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useEffectEvent, useRef } from 'react'
import { editorTheme } from '#features/files/editor-theme.ts'
import { languageOf } from '#features/files/languages.ts'
import { lineEndOf, linesBeside, withLineEnd } from '#features/files/line-ends.ts'

interface Props {
  /** What it begins with; a later one is taken when the `key` changes. */
  text: string
  name: string
  label: string
  readOnly: boolean
  /** Shown as what it was before; undefined for no comparison. */
  original: string | undefined
  /** As high as its text, up to a limit; not as high as the window. */
  short?: boolean
  onChange: (text: string) => void
  onSave: () => void
}

/**
 * An editor of CodeMirror. It lives in a shadow tree: there it puts its styles into constructed style
 * sheets, where in the page it would write a `style` element, which our content policy refuses.
 */
export function CodeEditor(props: Props) {
  const { text, name, label, readOnly, original } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const comparison = useRef(new Compartment())
  const changed = useEffectEvent((now: string) => props.onChange(now))
  const save = useEffectEvent(() => props.onSave())
  const begin = useEffectEvent(() => ({ text, original }))

  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const language = new Compartment()
    const first = begin()
    const lineEnd = lineEndOf(first.text)
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: first.text,
        extensions: [
          EditorState.lineSeparator.of(lineEnd),
          // With a separator that is set, what is pasted is split at that one alone.
          EditorView.clipboardInputFilter.of((pasted) => withLineEnd(pasted, lineEnd)),
          lineNumbers(),
          highlightSpecialChars(),
          history(),
          foldGutter(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          search({ top: true }),
          keymap.of([
            {
              key: 'Mod-s',
              preventDefault: true,
              run: () => {
                save()
                return true
              },
            },
            indentWithTab,
            ...searchKeymap,
            ...historyKeymap,
            ...foldKeymap,
            ...defaultKeymap,
          ]),
          EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'none' }),
          EditorState.readOnly.of(readOnly),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.sliceDoc())
          }),
          language.of([]),
          comparison.current.of(comparedWith(first.original, first.text)),
          editorTheme,
        ],
      }),
    })
    view.current = editor
    // What scrolls can be scrolled by keyboard.
    editor.scrollDOM.tabIndex = 0
    let isGone = false
    // Without colours it is as good an editor: a chunk that does not come is no error to show.
    languageOf(name)
      .load?.()
      .then((loaded) => {
        if (!isGone) editor.dispatch({ effects: language.reconfigure(loaded) })
      })
      .catch(() => undefined)
    if (!readOnly) editor.focus()
    return () => {
      isGone = true
      view.current = undefined
      editor.destroy()
    }
  }, [name, label, readOnly])

  useEffect(() => {
    view.current?.dispatch({
      effects: comparison.current.reconfigure(comparedWith(original, begin().text)),
    })
  }, [original])

  return (
    <div
      ref={place}
      className={
        props.short === true
          ? 'max-h-96 overflow-y-auto'
          : 'h-[calc(100dvh-20rem)] min-h-80 overflow-hidden'
      }
    />
  )
}

const comparedWith = (original: string | undefined, text: string) =>
  original === undefined
    ? []
    : unifiedMergeView({
        // As a text it would be split at every end, and a mixed file differ in each line of one kind.
        original: Text.of(linesBeside(original, text)),
        mergeControls: false,
        highlightChanges: true,
        gutter: true,
        collapseUnchanged: { margin: 4, minSize: 12 },
      })
