import { EnvKey, type SetVariable } from '@vastrox/shared/env.ts'
import { Dices, Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { TextArea } from '#ui/text-area.tsx'

interface Props {
  onAdd: (key: string, wish: SetVariable) => void
  /** Somebody pasted more than a name: the text of a .env file. */
  onPasteFile: (text: string) => void
}

/** The last row of the list: a name, a value, and on to the next. */
export function AddVariable({ onAdd, onPasteFile }: Props) {
  const keyInput = useRef<HTMLInputElement>(null)
  const [key, setKey] = useState('')
  const [value, setValue] = useState('')
  const problem = key === '' ? undefined : EnvKey.safeParse(key).error?.issues[0]?.message

  const add = (wish: SetVariable) => {
    if (key === '' || problem !== undefined) return
    onAdd(key, wish)
    setKey('')
    setValue('')
    keyInput.current?.focus()
  }

  return (
    <form
      className="grid grid-cols-1 items-start gap-3 rounded-b-lg border-t border-line bg-sunken px-4 py-3 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_8rem] sm:px-5"
      onSubmit={(event) => {
        event.preventDefault()
        add({ value })
      }}
    >
      <Field
        ref={keyInput}
        label={t('Name of a new variable')}
        hideLabel
        placeholder="NAME"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        mono
        value={key}
        error={problem}
        onChange={(event) => setKey(event.target.value.trim())}
        onPaste={(event) => {
          const text = event.clipboardData.getData('text')
          if (!text.includes('=')) return
          event.preventDefault()
          onPasteFile(text)
        }}
      />
      <TextArea
        label={t('Value of a new variable')}
        hideLabel
        placeholder={t('value')}
        rows={value.includes('\n') ? 4 : 1}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        className="[&_textarea]:min-h-9 [&_textarea]:resize-y"
      />
      <p className="text-sm text-muted sm:order-last sm:col-span-full sm:-mt-1">
        {t('Pasting the lines of a .env file into the name adds them all.')}
      </p>
      <div className="flex gap-1">
        <Button type="submit" disabled={key === ''} icon={<Plus size={15} aria-hidden />}>
          {t('Add')}
        </Button>
        <Button
          square
          variant="quiet"
          disabled={key === '' || value !== ''}
          aria-label={t('Add with a value made at random')}
          title={t('A value made at random')}
          onClick={() => add({ generate: 'hex' })}
          icon={<Dices size={16} aria-hidden />}
        />
      </div>
    </form>
  )
}
