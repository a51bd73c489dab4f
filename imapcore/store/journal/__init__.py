"""What the user changed: durable before it is shown, sent in order, taken back exactly.

- ``op_writer``   an op is written and shown in one transaction
- ``send_queue``  what is to be sent next
- ``answers``     what Gmail said to it
- ``op_states``   when an op is done, refused or dropped
- ``undo``        the inverse of what really changed
- ``journal``     what the user does: ``Journal``, which owns the others

An op is written as *steps* (one command each), and a step as *changes*: up to a thousand messages that it
changes alike. States are those of changes, and an op's state is derived from them::

    open --claim--> sent --confirm--> done
                    sent --reject---> refused            what is shown falls back to what Gmail has
                    sent --release--> open, as a replay   nobody knows whether it was done
    open --an opposite change--> cancelled               neither of the two is sent; undo knows both
    open --cancel--> dropped                             as if it had never been

``shown`` of a message is always ``confirmed`` with the open changes applied in the order of the ops; it is
written anew whenever one of them changes its state, in the same transaction. So there is no way in which a
row could show something that neither the server said nor the user asked for.

*Nothing blocks.* ``claim`` takes the oldest change of which no message waits for something older; a step
about a label holds back what comes after it. A change leaves the queue only by an answer. Hence the rule for
whoever sends: what can never be answered has to be rejected, with a sentence for the user, or everything
behind it waits for ever.

*Undo* is an op too: the inverse of what the other really changed, message by message, as far as that is still
to be seen. Where nothing of it is, no op is written and the caller is told why. What cannot be taken back at
all (deleted forever, refused) is said once before an older op is taken back.

*Who may call.* Everything runs in transactions of the one writer, so that any thread may call and two senders
may claim at one moment. *What survives:* all of it. After a crash whatever was sent and not answered is open
again, as a replay; whoever sends looks first whether it was done.
"""
