import { createServer } from 'node:http'
import { app } from './recipes/koa.ts'
import { startShop } from './startedShop.ts'
import { testFramework } from './testFramework.ts'

const handle = app.callback()

testFramework('Koa 3', () => startShop(createServer((req, res) => void handle(req, res))))
