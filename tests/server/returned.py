"""Mails that came back, worded as mail systems do: Postfix, Exchange, au, KDDI, qmail."""

from __future__ import annotations

TO = "ana@example.org"


def _headers(mark: str, to: str) -> str:
    return (
        f"Message-ID: <{mark}@tea.example.org>\n"
        f"X-Meguri-Letter: <{mark}@meguri>\n"
        f"From: meguri@tea.example.org\nTo: Ana <{to}>\nSubject: Your link for Tea\n"
    )


def postfix(
    mark: str, to: str = TO, *, status: str = "5.1.1", action: str = "failed", said: str = ""
) -> bytes:
    """Returns what Postfix writes. `said`: the other server's answer."""
    said = said or f"550 5.1.1 <{to}>: Recipient address rejected: User unknown"
    return f"""Return-Path: <>
Date: Sun, 22 Nov 2026 10:00:02 +0900 (JST)
From: MAILER-DAEMON@mail.tea.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: meguri@tea.example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F2A0C0B7D.1795309202/mail.tea.example.org"

This is a MIME-encapsulated message.

--4F2A0C0B7D.1795309202/mail.tea.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.tea.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{to}>: host mx.example.org[203.0.113.7] said: {said} (in reply to RCPT TO command)

--4F2A0C0B7D.1795309202/mail.tea.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.tea.example.org
X-Postfix-Queue-ID: 4F2A0C0B7D
X-Postfix-Sender: rfc822; meguri@tea.example.org
Arrival-Date: Sun, 22 Nov 2026 10:00:01 +0900 (JST)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; {said}

--4F2A0C0B7D.1795309202/mail.tea.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <meguri@tea.example.org>
{_headers(mark, to)}
--4F2A0C0B7D.1795309202/mail.tea.example.org--
""".encode()


def exchange(mark: str, to: str = TO) -> bytes:
    """Returns what Exchange Online writes, here for a mailbox that moved to another address."""
    return f"""Received: from mx.example.net by OSAP286.JPNP286.PROD.OUTLOOK.COM with HTTPS
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>
To: <meguri@tea.example.org>
Date: Sun, 22 Nov 2026 01:00:03 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="267295c3-c241-44d7-a5b0-202dff1de5b6"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: ja-JP
Message-ID: <7c0f3a52-5f10-4b0a-9d11-4a3f@OSAP286.JPNP286.PROD.OUTLOOK.COM>
In-Reply-To: <{mark}@tea.example.org>
References: <{mark}@tea.example.org>
Subject: =?utf-8?B?6YWN5L+h5LiN6IO9OiBZb3VyIGxpbms=?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--267295c3-c241-44d7-a5b0-202dff1de5b6
Content-Type: multipart/alternative; boundary="fa703e28"

--fa703e28
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

{to} へのメッセージを配信できませんでした。
example.net で ana が見つかりませんでした。

--fa703e28
Content-Type: text/html; charset="utf-8"

<p>{to} へのメッセージを配信できませんでした。</p>

--fa703e28--

--267295c3-c241-44d7-a5b0-202dff1de5b6
Content-Type: message/delivery-status

Reporting-MTA: dns;OSAP286.JPNP286.PROD.OUTLOOK.COM
Received-From-MTA: dns;mx.tea.example.org
Arrival-Date: Sun, 22 Nov 2026 01:00:02 +0000

Final-Recipient: rfc822;{to.upper()}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {to} not found by SMTP
 address lookup

--267295c3-c241-44d7-a5b0-202dff1de5b6
Content-Type: message/rfc822

{_headers(mark, to)}MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

SGVsbG8gQW5hLA==

--267295c3-c241-44d7-a5b0-202dff1de5b6--
""".encode()


def au(mark: str, to: str = TO) -> bytes:
    """Returns what au writes: its status says nothing, its Japanese sentences do."""
    return f"""Return-Path: <MAILER-DAEMON>
Date: Sun, 22 Nov 2026 10:00:06 +0900 (JST)
From: Mail Administrator <Postmaster@ezweb.ne.jp>
Subject: Mail System Error - Returned Mail
To: meguri@tea.example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="F000000.00000000000/lsean.ezweb.ne.jp"

This is a MIME-encapsulated message.

--F000000.00000000000/lsean.ezweb.ne.jp
Content-Description: Notification
Content-Type: text/plain; charset=iso-2022-jp
Content-Transfer-Encoding: 7bit

次のあて先へのメッセージはエラーのため送信できませんでした。

送信先メールアドレスが見つかりませんでした。
メールアドレスをご確認の上、再送信してください。

The user(s) account is disabled.

<{to}>: 550 user unknown (in reply to RCPT TO command)

--F000000.00000000000/lsean.ezweb.ne.jp
Content-Description: Delivery error report
Content-Type: message/delivery-status

Reporting-MTA: dns; lsean.ezweb.ne.jp
Arrival-Date: Sun, 22 Nov 2026 10:00:05 +0900 (JST)

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.0.0

--F000000.00000000000/lsean.ezweb.ne.jp
Content-Description: Undelivered Message
Content-Type: message/rfc822

Received: from x.tea.example.org by lsean.ezweb.ne.jp (EZweb Mail)
{_headers(mark, to)}
Hello Ana,

--F000000.00000000000/lsean.ezweb.ne.jp--
""".encode("iso-2022-jp")


def kddi(mark: str, to: str = TO) -> bytes:
    """Returns what auone-net writes: no report that a program could read, a full mailbox."""
    return f"""Return-Path: <>
Received: from nmomta.auone-net.jp ([192.0.2.72]) by mx.tea.example.org
To: <meguri@tea.example.org>
From: somebody@example.dion.ne.jp
Message-ID: <2026112210000742596100030xAA@nm03lds033.auone-net.jp>
Date: Sun, 22 Nov 2026 10:00:07 +0900
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="==_0xAA/0xFFFFFFFFFFFF=/0xB"
Subject: Mail

--==_0xAA/0xFFFFFFFFFFFF=/0xB
Content-Type: text/plain; charset="ISO-2022-JP"
Content-Transfer-Encoding: 7bit

Your mail sent on: Sun, 22 Nov 2026 10:00:05 +0900
     Could not be delivered to: <{to}>
     As their mailbox is full.

--==_0xAA/0xFFFFFFFFFFFF=/0xB
Content-Type: message/rfc822
Content-Description: Original message

Return-Path: <meguri@tea.example.org>
{_headers(mark, to)}
Hello Ana,

--==_0xAA/0xFFFFFFFFFFFF=/0xB--
""".encode()


def qmail(mark: str, to: str = TO) -> bytes:
    """Returns what qmail writes: everything is text."""
    return f"""From: MAILER-DAEMON@mail.example.org
To: meguri@tea.example.org
Subject: failure notice

Hi. This is the qmail-send program at mail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{to}>:
203.0.113.7 does not like recipient.
Remote host said: 550 5.1.1 sorry, no mailbox here by that name
Giving up on 203.0.113.7.

--- Below this line is a copy of the message.

Return-Path: <meguri@tea.example.org>
{_headers(mark, to)}
Hello Ana,
""".encode()


def on_holiday(mark: str, to: str = TO) -> bytes:
    """Returns what somebody's holiday answers: it names the mail, and is no bounce."""
    return f"""From: Ana <{to}>
To: meguri@tea.example.org
Subject: =?utf-8?B?5LiN5Zyo?= Re: Your link for Tea
In-Reply-To: <{mark}@tea.example.org>
References: <{mark}@tea.example.org>
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

I am away; your mail could not be delivered to my desk. Back on Monday.
""".encode()
