import { expect, it } from 'vitest'
import { useChatPages } from './chatPages.ts'
import { describeBrowser } from './describeBrowser.ts'
import { usePlaygroundFixtures } from './playgroundFixtures.ts'

const fixtures = usePlaygroundFixtures()

for (const [framework, other] of [
  ['react', 'vue'],
  ['vue', 'react'],
] as const) {
  describeBrowser(`the chat of the playground in ${framework}`, () => {
    const chat = useChatPages(fixtures)

    it(`talks with a page in ${other}, and shows what it says itself once`, async () => {
      const [ada, bob] = [await chat.signIn(framework, 'Ada'), await chat.signIn(other, 'Bob')]
      await ada.say('Hello Bob')
      expect(await ada.messages()).toEqual(['You: Hello Bob'])
      await expect.poll(() => bob.messages()).toEqual(['Ada: Hello Bob'])
      await bob.say('Hello Ada')
      // An echo of the first would have come before the answer.
      await expect.poll(() => ada.messages()).toEqual(['You: Hello Bob', 'Bob: Hello Ada'])
      expect(await bob.messages()).toEqual(['Ada: Hello Bob', 'You: Hello Ada'])
      expect(await ada.page.locator('[data-delivery=sent]').count()).toBe(1)
    })

    it('tells the other pages of its author', async () => {
      const ada = await chat.signIn(framework, 'Ada')
      const second = await ada.page.context().newPage()
      await second.goto(`${fixtures.playground.origin}/${other}/chat`)
      await second.getByText('Live', { exact: true }).waitFor()
      await ada.say('Hello myself')
      await second.getByRole('log').getByText('Hello myself').waitFor()
    })

    it('lets members into the room of the staff, and says to others that they are not let in', async () => {
      chat.expected = /status of 403/
      const [ada, eve] = [await chat.signIn(framework, 'Ada', { isStaff: true }), await chat.signIn(framework, 'Eve')]
      await ada.button('Staff').click()
      await ada.status('Live').waitFor()
      await ada.say('Among ourselves')
      await ada.page.locator('[data-delivery=sent]').waitFor()

      await eve.button('Staff').click()
      await eve.page.getByRole('alert').getByText('You are not let in: this room is for members of staff.').waitFor()
      expect(await eve.page.getByLabel('Message', { exact: true }).count()).toBe(0)
      await eve.button('Lobby').click()
      await eve.status('Live').waitFor()
      expect(await eve.messages()).toEqual([])
    })

    it('loses its connection when it is cut, comes back, and catches up with what was said, once', async () => {
      chat.expected = /net::ERR_/
      const [ada, bob] = [await chat.signIn(framework, 'Ada'), await chat.signIn(other, 'Bob')]
      await bob.say('Before')
      await expect.poll(() => ada.messages()).toEqual(['Bob: Before'])
      await ada.button('Cut the connection').click()
      await ada.status('Reconnecting').waitFor()
      expect(await ada.outage().textContent()).toMatch(/^Connection lost at [\d:]{8}\.$/)
      for (const text of ['First', 'Second']) await bob.say(text)
      await ada.status('Live').waitFor()
      await ada.page.getByText(/^Connection lost at [\d:]{8}, resumed at [\d:]{8}: 2 messages caught up\.$/).waitFor()
      await bob.say('After')
      await expect.poll(() => ada.messages()).toEqual(['Bob: Before', 'Bob: First', 'Bob: Second', 'Bob: After'])
      expect(await ada.caughtUp()).toEqual(['First', 'Second'])
      expect(await ada.outage().textContent()).toContain(': 2 messages caught up.')
      expect(await bob.status('Live').count()).toBe(1)
    })

    it('catches up after it was disconnected by its own reader, too', async () => {
      const [ada, bob] = [await chat.signIn(framework, 'Ada'), await chat.signIn(other, 'Bob')]
      await ada.button('Disconnect').click()
      await ada.status('Closed').waitFor()
      expect(await ada.outage().textContent()).toMatch(/^Disconnected at [\d:]{8}\.$/)
      await bob.say('Missed')
      await bob.page.locator('[data-delivery=sent]').waitFor()
      await ada.button('Connect').click()
      await ada.page.getByText(/: 1 message caught up\.$/).waitFor()
      expect(await ada.messages()).toEqual(['Bob: Missed'])
    })

    it('shows a message that was not taken, and sends it again', async () => {
      chat.expected = /net::ERR_/
      const [ada, bob] = [await chat.signIn(framework, 'Ada'), await chat.signIn(other, 'Bob')]
      await ada.page.route('**/messages', (route) => route.abort(), { times: 1 })
      await ada.say('Hello')
      await ada.page.getByText('Not sent: The server cannot be reached.').waitFor()
      await ada.button('Try again').click()
      await ada.page.locator('[data-delivery=sent]').waitFor()
      await expect.poll(() => bob.messages()).toEqual(['Ada: Hello'])
      expect(await ada.messages()).toEqual(['You: Hello'])
    })

    it('asks who is there again when the server no longer knows', async () => {
      chat.expected = /net::ERR_|status of 401/
      let own = await fixtures.start()
      try {
        const ada = await chat.open(framework, own)
        await ada.signIn('Ada')
        await own.stop('SIGKILL')
        await ada.status('Reconnecting').waitFor()
        own = await fixtures.start(own.port)
        await ada.page
          .getByRole('alert')
          .getByText(/^The server no longer knows you/)
          .waitFor()
        await ada.signIn('Ada')
        expect(await ada.page.getByRole('alert').textContent()).toBe('')
        await ada.button('Sign out').click()
        await ada.page.getByRole('heading', { name: 'Who are you?' }).waitFor()
      } finally {
        await own.stop()
      }
    })

    it('gives the keyboard a place whenever a form comes or goes', async () => {
      const { page } = await chat.open(framework)
      await page.getByLabel('Name').and(page.locator(':focus')).waitFor()
      await page.keyboard.type('Ada')
      await page.keyboard.press('Enter')
      await page.getByLabel('Message', { exact: true }).and(page.locator(':focus')).waitFor()
      await page.getByRole('button', { name: 'Staff' }).focus()
      chat.expected = /status of 403/
      await page.keyboard.press('Enter')
      await page
        .getByRole('alert')
        .getByText(/^You are not let in/)
        .waitFor()
      await page.getByRole('button', { name: 'Staff', pressed: true }).and(page.locator(':focus')).waitFor()
      await page.getByRole('button', { name: 'Sign out' }).press('Enter')
      await page.getByLabel('Name').and(page.locator(':focus')).waitFor()
    })

    it('says why a name is refused', async () => {
      chat.expected = /status of 400/
      const page = await chat.open(framework)
      await page.page.getByLabel('Name').fill('<b>')
      await page.button('Come in').click()
      await page.page
        .getByRole('alert')
        .getByText(/^Expected `name` to be/)
        .waitFor()
    })

    it('leads to the dashboard, and to the other framework', async () => {
      const { page } = await chat.open(framework)
      const links = page.getByRole('navigation').getByRole('link')
      const hrefs = await links.evaluateAll((elements) => elements.map((element) => element.getAttribute('href')))
      expect(hrefs).toEqual([`/${framework}`, `/${framework}/chat`, '/react/chat', '/vue/chat'])
      expect(await page.locator('[aria-current=page]').allTextContents()).toEqual([
        'Chat',
        expect.stringMatching(new RegExp(framework, 'i')),
      ])
    })

    it('does not scroll sideways at 320 px with text of twice the size', async () => {
      const { page } = await chat.signIn(framework, 'A name of 24 characters')
      await page.setViewportSize({ width: 320, height: 700 })
      await page.addStyleTag({ content: ':root { font-size: 32px !important }' })
      await page.getByLabel('Message', { exact: true }).fill('x'.repeat(200))
      await page.keyboard.press('Enter')
      await page.locator('[data-delivery=sent]').waitFor()
      const [width, scrollWidth] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
      expect(scrollWidth).toBe(width)
    })
  })
}

describeBrowser('a native EventSource', () => {
  const chat = useChatPages(fixtures)

  it('resumes two channels of a hub after a cut, each message once', async () => {
    chat.expected = /net::ERR_/
    const [ada, bob] = [
      await chat.signIn('react', 'Ada', { isStaff: true }),
      await chat.signIn('vue', 'Bob', { isStaff: true }),
    ]
    await ada.page.evaluate(async () => {
      const seen: string[] = []
      const source = new EventSource('/_sse?channel=rooms/lobby&channel=rooms/staff')
      Object.assign(globalThis, { seen })
      for (const room of ['lobby', 'staff']) {
        source.addEventListener(`rooms/${room}#message`, ({ data }: MessageEvent<string>) => {
          seen.push(`${room}: ${(JSON.parse(data) as { text: string }).text}`)
        })
      }
      source.addEventListener('error', () => seen.push('lost'), { once: true })
      await new Promise((resolve) => source.addEventListener('open', resolve))
    })
    const seen = () => ada.page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)

    await sayIn('Lobby', 'Before')
    await expect.poll(seen).toEqual(['lobby: Before'])
    await ada.button('Cut the connection').click()
    await expect.poll(seen).toEqual(['lobby: Before', 'lost'])
    await sayIn('Staff', 'First')
    await sayIn('Lobby', 'Second')
    await sayIn('Staff', 'Third')
    const missed = ['staff: First', 'lobby: Second', 'staff: Third']
    await expect.poll(seen, { timeout: 15_000 }).toEqual(['lobby: Before', 'lost', ...missed])
    await sayIn('Lobby', 'After')
    await expect.poll(seen).toEqual(['lobby: Before', 'lost', ...missed, 'lobby: After'])

    async function sayIn(room: string, text: string): Promise<void> {
      await bob.button(room).click()
      await bob.say(text)
      await bob.page.locator('[data-delivery=sent]').getByText(text).waitFor()
    }
  })
})
