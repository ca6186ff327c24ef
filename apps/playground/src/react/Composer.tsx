import { type SubmitEvent, useState } from 'react'
import { MAX_TEXT } from '../shared/rooms.ts'
import { takeIdleFocus } from '../shared/takeIdleFocus.ts'

interface Props {
  onSay: (text: string) => void
}

export function Composer({ onSay }: Props) {
  const [text, setText] = useState('')

  function onSubmit(event: SubmitEvent) {
    event.preventDefault()
    onSay(text)
    setText('')
  }

  return (
    <form className="composer" onSubmit={onSubmit}>
      <input
        ref={takeIdleFocus}
        value={text}
        maxLength={MAX_TEXT}
        aria-label="Message"
        placeholder="Say something"
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button primary">
        Send
      </button>
    </form>
  )
}
