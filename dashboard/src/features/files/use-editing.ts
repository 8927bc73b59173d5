import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  readTextFile,
  saveTextFile,
  type TextFile,
  textFileQuery,
} from '#features/files/text-file.ts'
import { ApiError } from '#lib/api-error.ts'

/** What somebody else made of the file meanwhile; null where they removed it. */
export interface Conflict {
  theirs: TextFile | null
}

/** Editing one file: what is saved, what is typed, and what to do where somebody was faster. */
export function useEditing(app: string, path: string, file: TextFile) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(file)
  const [text, setText] = useState(file.text)
  const [conflict, setConflict] = useState<Conflict>()

  const save = useMutation({
    mutationFn: async (wish: TextFile) => ({
      text: wish.text,
      etag: await saveTextFile(app, path, wish),
    }),
    onSuccess: async (now) => {
      setSaved(now)
      setConflict(undefined)
      // A page that is opened again begins with what was saved.
      client.setQueryData(textFileQuery(app, path).queryKey, now)
      await client.invalidateQueries({ queryKey: ['app', app, 'uploads'] })
    },
    onError: async (error) => {
      if (!(error instanceof ApiError) || error.code !== 'PRECONDITION_FAILED') return
      await readTextFile(app, path).then(
        (theirs) => setConflict({ theirs }),
        (failure: unknown) => {
          // Otherwise what is said stays that somebody was faster, with what can be done.
          if (failure instanceof ApiError && failure.status === 404) setConflict({ theirs: null })
        },
      )
    },
  })
  const isConflict = save.error instanceof ApiError && save.error.code === 'PRECONDITION_FAILED'

  return {
    saved,
    setText,
    isChanged: text !== saved.text,
    conflict,
    isSaving: save.isPending,
    /** What is to be said in words; a conflict has a place of its own. */
    error: isConflict && conflict ? null : save.error,
    save: () => save.mutate({ text, etag: saved.etag }),
    /** Mine in place of theirs, which was looked at. */
    saveOver: () => save.mutate({ text, etag: conflict?.theirs?.etag ?? null }),
    /** Theirs in place of mine. */
    takeTheirs: (): string | undefined => {
      const theirs = conflict?.theirs
      if (!theirs) return undefined
      setSaved(theirs)
      setText(theirs.text)
      setConflict(undefined)
      save.reset()
      return theirs.text
    },
  }
}
