import { EnvValue } from '@vastrox/shared/env.ts'
import { useState } from 'react'
import { Button } from '#ui/button.tsx'
import { TextArea } from '#ui/text-area.tsx'

interface Props {
  name: string
  value: string
  onSave: (value: string) => void
  onCancel: () => void
}

const MOST_ROWS = 12

/** One value, as it is: quotes, `$` and line ends are kept, nothing is interpreted. */
export function EnvValueForm({ name, value, onSave, onCancel }: Props) {
  const [text, setText] = useState(value)
  const problem = EnvValue.safeParse(text).error?.issues[0]?.message
  const rows = Math.min(MOST_ROWS, text.split('\n').length + 1)

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (problem === undefined) onSave(text)
      }}
    >
      <TextArea
        label={name}
        rows={rows}
        value={text}
        error={problem}
        hint="Kept exactly as it is here, line ends included."
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- opened by the button just pressed
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel()
        }}
      />
      <div className="mt-3 flex justify-end gap-2">
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" type="submit" variant="primary">
          Keep the change
        </Button>
      </div>
    </form>
  )
}
