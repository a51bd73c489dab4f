r"""Every fact known of Gmail's IMAP (§1 to §9 and the gaps), and where the simulator is held to it.

``TABLE`` has a line for each fact, ``section: the fact in few words``, and indented under it how it is kept:
``file::test`` (``test_`` left out of both), ``option`` and ``fault`` names, or ``not:`` and why nothing can
hold it. ``[X]`` marks what sources contradict each other about. ``test_facts`` checks that all of them exist,
and that no option is without a fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OF_THE_SERVER = frozenset(
    (
        *(
            "messages",
            "seed",
            "email",
            "app_password",
            "now_ms",
            "arrivals_seconds",
            "port",
            "control_port",
            "smtp_port",
        ),
        *("max_strangers", "login_seconds", "silence_seconds", "write_seconds", "max_literal"),
        *("max_bad_commands", "first_id", "first_modseq"),
    )
)
"""Options that say nothing of Gmail: what is served, where, and how much a client may cost."""


@dataclass(slots=True)
class Fact:
    """One row."""

    section: str
    text: str
    tests: list[str] = field(default_factory=list)
    """Names of test functions, ``file::test``."""
    options: list[str] = field(default_factory=list)
    """Names of ``Options`` fields."""
    faults: list[str] = field(default_factory=list)
    """Names of ``FaultKind`` values."""
    why_not: str = ""


def read_table(table: str) -> list[Fact]:
    """The rows of a table in the form of ``TABLE``."""
    facts: list[Fact] = []
    for line in filter(str.strip, table.splitlines()):
        if not line.startswith(" "):
            section, _, text = line.partition(": ")
            facts.append(Fact(section, text))
            continue
        kind, _, rest = line.strip().partition(" ")
        if kind == "option":
            facts[-1].options += rest.split()
        elif kind == "fault":
            facts[-1].faults += rest.split()
        elif kind == "not:":
            facts[-1].why_not = rest
        else:
            facts[-1].tests.append(kind)
    return facts


TABLE = r"""
1: TLS from the first byte, no STARTTLS
    signing_in::tls_from_the_first_byte_with_a_certificate_made_at_start
    signing_in::starttls_is_not_offered
    option tls
1: greeting with address and connection id, no capability code
    signing_in::the_greeting_names_the_client_and_a_connection_id_and_no_capabilities
1: the id ends tagged replies before login
    signing_in::the_connection_id_ends_tagged_replies_only_until_login
1: CAPABILITY before login, exact, with its odd OK
    signing_in::capability_before_login_ends_in_thats_all_and_the_connection_id
1: CAPABILITY after login, exact; what is absent
    signing_in::login_sends_capabilities_untagged_before_the_tagged_ok
    searching::what_gmail_does_not_offer_is_bad
1: untagged CAPABILITY, then the tagged OK
    signing_in::login_sends_capabilities_untagged_before_the_tagged_ok
1: [X] capabilities in a code of the OK
    signing_in::capabilities_in_a_code_of_the_ok_by_option
    option capability_in_ok
1: older OK with the display name
    signing_in::the_display_name_of_older_captures_by_option
    option display_name
1: LOGOUT: BYE and 73 good day
    signing_in::logout_says_bye_and_good_day
1: CLOSE and UNSELECT: Returned to authenticated state
    selecting::close_and_unselect_return_to_authenticated_state
1: trailing space is BAD
    signing_in::a_trailing_space_is_bad
1: raw 8-bit in quotes is BAD
    signing_in::raw_8_bit_in_a_quoted_string_is_bad
1: unquoted \Inbox in SEARCH is BAD
    searching::an_unquoted_system_label_is_bad
1: Unknown command: and its name
    signing_in::an_unknown_command_is_named
1: * BAD [CLIENTBUG] Invalid tag
    signing_in::an_invalid_tag_is_a_client_bug
1: FETCH macros are rejected
    fetching::macros_are_refused_or_taken_by_option
    option fetch_macros
1: [X] text of a command in the wrong state
    signing_in::the_text_for_the_wrong_state_is_an_option
    option state_error
1: bad password: AUTHENTICATIONFAILED
    signing_in::a_wrong_password_is_authenticationfailed_and_the_session_goes_on
1: the table of refusals
    signing_in::each_refusal_of_the_table_has_its_words
    signing_in::refusals_known_in_part_hold_the_known_words
    option login_error
1: suspicious login: untagged WEBALERT first
    signing_in::a_suspicious_login_gets_a_webalert_first
    option login_error
1: more than 15 connections: NO, or BYE
    signing_in::the_sixteenth_connection_is_one_too_many
    signing_in::too_many_connections_may_come_as_bye
    option max_connections too_many_is_bye
    fault too-many
1: over bandwidth: BYE [OVERQUOTA], older NO [ALERT]
    signing_in::over_bandwidth_ends_the_connection_with_overquota
    faults::byes_end_the_connection
    option login_error
    fault overquota
1: Lockdown in sector 4
    not: A text of the web page, never seen in IMAP; the facts say not to imitate it.
1: no on/off switch for personal accounts since 2025
    signing_in::each_refusal_of_the_table_has_its_words
    option login_error
1: XOAUTH2 with initial response
    signing_in::xoauth2_with_a_live_token_signs_in
1: OAUTHBEARER, its dummy reply AQ==
    signing_in::oauthbearer_answers_its_challenge_with_a_byte_of_one
1: a bad token: base64 JSON challenge, empty line, NO
    signing_in::xoauth2_with_a_bad_token_challenges_and_wants_an_empty_line
1: sessions end with the token, or after a day: BYE Session expired
    signing_in::a_session_ends_with_its_token_and_says_so
    signing_in::a_password_session_ends_after_a_day
    signing_in::a_silent_session_is_told_when_its_token_ends
    option session_seconds
    fault expired
1: tokens expire
    signing_in::an_expired_token_is_refused_and_a_fresh_one_taken
1: scopes, token endpoints, loopback redirect, refresh tokens
    not: Concerns Google's web pages, OAuth endpoints or SMTP; not served here.
1: a first failure may be a stale token: refresh once
    not: A rule for clients; nothing a server does.
1: app passwords work with LOGIN and PLAIN
    signing_in::login_takes_every_form_of_astring
    signing_in::plain_with_and_without_initial_response
1: app passwords are shown with spaces
    signing_in::the_app_password_with_spaces_only_by_option
    option app_password_spaces

2: ID names GImap
    signing_in::id_names_gimap
2: NAMESPACE
    signing_in::namespace_is_one_personal_with_slash
2: QUOTA: root is the empty string, KiB
    signing_in::quota_root_is_the_empty_string
2: ENABLE UTF8=ACCEPT
    signing_in::enable_utf8_accept
2: CONDSTORE needs no ENABLE; SELECT (CONDSTORE) works
    fetching::condstore_is_turned_on_by_every_command_that_knows_of_it
    selecting::the_select_block_is_exactly_gmails
2: COMPRESS=DEFLATE
    signing_in::compress_deflate_compresses_both_ways

3: LIST with sorted special-use attributes, unasked
    mailboxes::plain_list_has_special_use_attributes_sorted
3: extended LIST: \NonExistent for \Noselect
    mailboxes::extended_list_calls_the_parent_nonexistent_and_subscribed
3: SELECT [Gmail]: NO [NONEXISTENT]
    selecting::parent_of_the_special_mailboxes_cannot_be_selected
3: LIST (SPECIAL-USE)
    mailboxes::list_can_be_narrowed_to_special_use
3: LIST RETURN (STATUS …): STATUS after each LIST
    mailboxes::list_status_follows_each_selectable_line
3: big accounts get [THROTTLED] for it
    faults::throttled_is_a_suffix_of_the_text
    fault throttled
3: XLIST has its own names
    mailboxes::xlist_has_its_own_names_for_everything
3: order: INBOX, then ASCII
    mailboxes::order_is_inbox_then_ascii
    mailboxes::order_with_user_labels_before_special_ones_by_option
    option users_before_special
3: names depend on the locale, also the parent's
    mailboxes::special_mailboxes_are_found_by_attribute_in_every_locale
    mailboxes::german_drafts_are_modified_utf_7
    mailboxes::the_parent_can_be_named_independently_of_the_locale
    option locale parent
3: All Mail can be hidden
    mailboxes::hidden_all_mail_is_not_there_but_its_messages_are
    option hidden
3: hidden user labels stay on messages
    mailboxes::a_hidden_user_label_vanishes_from_list_but_stays_on_messages
    option hidden
3: every mailbox of Gmail's own can be hidden, and shown again, meanwhile
    mailboxes::every_special_mailbox_is_hidden_from_the_start_by_option
    mailboxes::every_special_mailbox_is_hidden_and_shown_while_the_server_runs
    option hidden
10: Chats, legacy, has no attribute
    mailboxes::chats_have_no_attribute_and_nothing_is_filed_there
    option chats
3: nested labels list a missing parent as \Noselect
    mailboxes::a_nested_label_lists_its_missing_parent_as_noselect
3: deleting the only child removes the parent
    mailboxes::deleting_the_only_child_removes_the_parent_too
3: modified UTF-7, raw after UTF8=ACCEPT
    mailboxes::names_are_modified_utf_7_until_utf8_is_enabled
3: backslash is escaped in quotes
    mailboxes::a_backslash_is_escaped_in_quotes
3: names beginning with + come unquoted
    mailboxes::names_that_begin_with_plus_come_unquoted
3: CREATE takes \foo and even \Inbox
    mailboxes::create_takes_names_that_look_like_system_labels
3: refused names: duplicate, whitespace, ^, categories, trailing slash
    mailboxes::names_gmail_refuses
    mailboxes::hidden_names_count_as_taken
3: length of a label
    mailboxes::the_length_limit_is_an_option
    option label_length
3: unknown mailbox, by command
    mailboxes::what_does_not_exist_is_said_differently_by_each_command
3: STATUS items come alphabetical, APPENDLIMIT among them
    mailboxes::status_items_come_back_in_the_alphabets_order
3: maxFolderSize hides older mail
    mailboxes::the_folder_size_limit_hides_older_mail_even_in_all_mail
    option max_folder_size

4: the SELECT block, line by line
    selecting::the_select_block_is_exactly_gmails
4: EXAMINE: no permanent flags, READ-ONLY
    selecting::examine_has_no_permanent_flags_and_is_read_only
4: no [UNSEEN n], RECENT always 0
    selecting::no_line_names_the_first_unseen_message_and_recent_stays_zero
4: keywords are kept and listed account-wide
    selecting::keywords_are_kept_and_listed_in_every_mailbox_after_the_system_flags
4: keywords with brackets, unquoted
    selecting::an_account_may_have_odd_keywords_from_the_start
    option account_keywords
4: drafts have the label, not the flag
    selecting::drafts_have_a_label_and_no_draft_flag
    selecting::the_draft_flag_is_kept_by_option
    option draft_flag_is_kept
4: flags are per message, \Deleted per mailbox
    selecting::flags_belong_to_the_message_but_deleted_to_the_mailbox
4: FLAGS lists are sorted
    storing::flags_are_listed_sorted_in_canonical_case
4: UIDVALIDITY small and fixed; nine digits on old accounts
    selecting::uidvalidity_is_small_and_fixed
    selecting::uidvalidity_of_old_accounts_has_nine_digits
    option large_uidvalidity
4: a label made again has a new UIDVALIDITY
    mailboxes::a_label_made_again_has_another_uidvalidity
4: a returning message gets a new All Mail UID, same msgid
    selecting::a_message_that_returns_to_all_mail_gets_a_new_uid_there
4: HIGHESTMODSEQ is one counter
    selecting::highestmodseq_is_one_counter_for_the_account
4: HIGHESTMODSEQ creeps up for no visible reason
    selecting::highestmodseq_creeps_up_with_no_visible_change
    option spurious_bumps

5: Gmail's own order of attributes
    fetching::attributes_come_in_gmails_order_whatever_is_asked
5: MODSEQ in every line once CONDSTORE is on
    fetching::modseq_joins_every_fetch_once_condstore_is_on
5: form of X-GM-LABELS, sorted as written
    fetching::labels_are_sorted_as_written_system_ones_quoted_with_a_doubled_backslash
5: [X] appendix B has user labels in another order
    exchanges::appendix_b
    option labels_are_sorted
5: empty is (), once NIL
    fetching::no_labels_are_an_empty_list_or_nil_by_option
    option empty_labels_are_nil
5: [X] labels with brackets quoted or bare
    fetching::labels_with_brackets_are_quoted_or_bare_by_option
    option bracket_labels_are_bare
5: system labels: \Draft singular, \Muted
    fetching::the_names_of_system_labels_are_gmails_own
5: in some views \Trash, \Spam
    fetching::places_show_as_labels_by_option
    option places_are_labels
5: a user label \foo cannot be told apart
    fetching::a_user_label_with_a_backslash_cannot_be_told_from_a_system_one
5: the selected mailbox's own label is omitted
    fetching::the_selected_mailboxs_own_label_is_left_out
5: in Spam or Trash: no \Inbox, the star stays
    fetching::a_message_in_spam_loses_inbox_and_keeps_the_star
5: user labels in Spam and Trash: not observed
    fetching::user_labels_survive_trash_or_not_by_option
    option labels_survive_trash
5: ids: (ms << 20) | random, by date
    selecting::ids_are_milliseconds_shifted_by_twenty_and_follow_the_date_not_arrival
5: THRID is the first message's MSGID
    fetching::thrid_is_the_msgid_of_the_first_message
5: INTERNALDATE in UTC
    fetching::internaldate_is_utc
5: ENVELOPE's date is the raw header
    fetching::the_envelopes_date_is_the_raw_header
5: local-only addresses look like groups
    fetching::a_local_only_address_looks_like_the_start_of_a_group
5: name and mailbox swapped
    fetching::name_and_mailbox_are_swapped_by_option
    option envelope_swaps_names
5: form of BODYSTRUCTURE
    fetching::bodystructure_is_upper_case_and_ends_without_location
5: multiparts without children
    fetching::a_multipart_sharing_its_parents_boundary_has_no_children
5: BODY[1.TEXT]<0> NIL, partials
    fetching::partials_and_sections_that_are_not_there
5: HEADER.FIELDS echoed unquoted in the client's case
    fetching::header_fields_are_echoed_unquoted_in_the_clients_case
5: RFC822.SIZE is the literal's length
    fetching::size_is_the_length_of_the_body_literal
5: UIDs that do not exist: no line, OK
    fetching::a_uid_that_does_not_exist_is_no_line_and_ok
5: Some messages could not be FETCHed
    fetching::bad_messages_in_a_batch_end_it_with_no
    fault not-fetched
5: FETCH lines without the asked items
    fetching::lines_may_lack_what_was_asked_for
    option fetch_lines_lack_items
    fault bare-fetch
5: 16 kB lines are taken, sets of a million are BAD
    fetching::lines_of_sixteen_kilobytes_are_taken_and_sets_of_a_million_are_bad
    option max_line

6: .SILENT is not silent for flags with CONDSTORE
    storing::silent_is_not_silent_for_flags_once_condstore_is_on
    storing::silent_is_silent_without_condstore
6: a flag that is set: just OK
    storing::setting_a_flag_that_is_set_gives_just_ok
6: STORE attempt on READ-ONLY folder
    selecting::examine_has_no_permanent_flags_and_is_read_only
6: \Flagged and \Starred, two lines
    storing::the_star_is_flagged_and_starred_in_both_directions
    exchanges::appendix_b
6: a star set on the web that could not be removed
    not: Folklore of one client's help page; no wire text to imitate.
6: label replies: full list, UID only for UID STORE, .SILENT silent
    storing::label_replies_carry_the_full_list_and_uid_only_for_uid_store
    storing::silent_is_silent_for_labels_even_with_condstore
6: system labels bare and quoted
    storing::system_labels_are_taken_bare_and_quoted
6: unknown labels are created, parents are not
    storing::an_unknown_label_is_created_without_its_parents
6: UNCHANGEDSINCE: [MODIFIED]
    storing::stale_unchangedsince_is_told_by_modified_and_the_current_state
6: OK does not mean done
    storing::a_set_that_matches_nothing_is_ok_too
6: removing the own label is a silent no-op
    storing::removing_the_selected_mailboxs_own_label_is_a_silent_no_op
6: [X] one source says it works
    storing::removing_the_own_label_works_by_option
    option own_label_removal_works
6: archive: -\Inbox in All Mail, or MOVE to All Mail
    exchanges::appendix_b
    transferring::a_move_from_inbox_to_all_mail_archives
6: move between labels
    transferring::a_move_between_labels_takes_one_and_gives_the_other
6: trash and spam: MOVE, COPY does the same; leaves every view
    transferring::trash_and_spam_exclude_all_mail_and_every_label_view
6: not spam: MOVE to INBOX
    transferring::not_spam_is_a_move_to_inbox
6: delete forever in Trash or Spam
    storing::deleted_in_trash_or_spam_deletes_forever
6: deleting in All Mail does not delete
    storing::deleted_in_all_mail_deletes_nothing
6: +X-GM-LABELS (\Trash) and (\Spam)
    storing::labels_that_are_places_move_or_are_ignored_by_option
    option trash_label spam_label
6: form of MOVE's reply
    transferring::move_tells_expunge_then_exists_then_copyuid_in_the_tagged_ok
    transferring::expunge_numbers_of_a_move_are_each_already_shifted
6: MOVE from All Mail to a label leaves it there
    transferring::a_move_from_all_mail_to_a_label_leaves_the_message_there
6: form of COPY's reply
    transferring::copy_tells_copyuid_and_nothing_untagged
6: COPY of a draft
    transferring::copying_a_draft_is_refused_by_option
    option draft_copy_is_refused
6: \Deleted expunges at once, low to high, shifted
    storing::deleted_expunges_at_once_from_low_to_high_each_number_shifted
    option auto_expunge
6: Auto-Expunge off
    storing::without_auto_expunge_deleted_waits_for_expunge_or_close
    option auto_expunge
6: expungeBehavior in the last visible mailbox
    storing::expunge_behavior_applies_in_the_last_visible_mailbox
    storing::expunge_behavior_delete_forever
    option expunge_behavior
6: \Deleted in a label's view removes that label
    storing::deleted_in_a_labels_view_removes_that_label_and_nothing_else
6: DELETE leaves mail, RENAME works for user labels
    mailboxes::delete_takes_the_label_off_and_leaves_the_mail
    mailboxes::rename_carries_nested_labels_and_bumps_no_message
6: rename and delete elsewhere: never announced, no bump
    news::a_rename_elsewhere_is_never_announced_and_bumps_nothing
    mailboxes::label_events_bump_messages_only_by_option
    option label_events_bump
6: no QRESYNC: UID sets by ESEARCH
    searching::esearch_is_compact_and_empty_when_there_is_nothing
6: label changes raise the message's MODSEQ
    news::label_changes_elsewhere_show_in_changedsince
    fetching::changedsince_returns_what_changed_with_its_uid_and_modseq
6: HIGHESTMODSEQ moves before a session sees the change
    news::changes_reach_a_connected_session_late_by_option
    option late_changes
6: a fetched MODSEQ may exceed SELECT's
    news::a_fetched_modseq_may_exceed_the_one_of_select
6: frozen view: EXISTS on NOOP, IDLE or riding
    news::new_mail_rides_on_the_end_of_another_commands_reply
    news::new_mail_is_told_on_noop
6: expunges only at NOOP, IDLE, own command
    news::expunges_by_others_wait_for_noop
6: CONDSTORE slower for a first load
    not: A measurement of the service's load, not of its protocol.

7: ascending results, completed text
    searching::results_ascend_whatever_their_dates
7: ESEARCH and its empty form
    searching::esearch_is_compact_and_empty_when_there_is_nothing
    searching::an_empty_search_is_a_bare_line
7: no SORT, THREAD, PARTIAL
    searching::what_gmail_does_not_offer_is_bad
7: X-GM-RAW, MSGID, THRID, LABELS combine
    searching::gmails_keys_combine_with_the_others
    searching::ids_are_keys
7: X-GM-LABELS wants the decoded name
    exchanges::appendix_a_search_wants_the_decoded_name
7: non-ASCII by literal with CHARSET
    searching::non_ascii_comes_as_a_literal_with_a_charset
7: after UTF8=ACCEPT quoted UTF-8, no CHARSET
    searching::after_utf8_accept_quoted_utf_8_is_fine_and_charset_is_not
    option utf8_charset_refused
7: only the selected mailbox
    searching::only_the_selected_mailbox_is_searched
7: whole words, not substrings; SUBJECT finds substrings
    searching::gmails_keys_combine_with_the_others
    searching::the_keys_of_rfc_3501
7: HEADER Message-ID misses, rfc822msgid: does not
    searching::header_search_for_message_ids_fails_by_option
    option header_search_misses_message_id
7: the index may lag
    searching::the_index_may_lag_behind_fresh_mail_by_option
    option search_lag_messages
7: label search of very many fails without SINCE
    searching::a_label_search_of_very_many_fails_without_since_by_option
    option label_search_limit
7: days follow the account's zone
    searching::days_of_a_query_are_the_accounts_by_option
    query::days_are_those_of_the_account
    option zone_minutes
7: label:a-b for a/b and 'a b'
    searching::gmails_keys_combine_with_the_others
    query::a_label_of_any_spelling_is_found_by_its_query_name
7: -from:(a b c) is ignored
    searching::lists_under_a_minus_are_ignored
    query::a_negated_list_counts_where_it_is_told_to
7: the operators
    searching::gmails_keys_combine_with_the_others
    query::the_tree_of_a_query
    query::what_finds_the_sample
    query::what_does_not_find_the_sample
    query::a_file_is_found_by_name_suffix_and_words
    query::list_deliveredto_and_bcc_read_the_header
    query::state_operators
    query::links_to_documents
    query::reservations_and_purchases
    query::months_are_those_of_the_calendar

8: + idling, IDLE terminated; anything but DONE is BAD
    news::idle_says_idling_and_ends_on_done
    news::anything_but_done_is_bad_on_the_idle_tag
8: IDLE reports arrivals in the selected mailbox only
    news::idle_reports_arrivals
    news::idle_reports_only_the_selected_mailbox
    news::idle_reports_nothing_but_arrivals
8: [X] flags and expunges in IDLE
    news::idle_reports_flags_and_expunges_by_option
    option idle_reports_flags idle_reports_expunges
8: [X] silent IDLE is dropped after 10 minutes or later
    news::a_long_idle_is_ended_with_or_without_a_word
    option idle_seconds idle_end_is_bye
8: dead sockets count for minutes
    signing_in::dead_connections_count_for_a_while_by_option
    option ghost_seconds
8: over the limit: BYE, or a crawl
    faults::byes_end_the_connection
    faults::a_drip_delivers_the_same_octets_in_pieces
    fault overquota drip
8: [THROTTLED] is a suffix of the text
    faults::throttled_is_a_suffix_of_the_text
    fault throttled
8: APPENDLIMIT
    appending::append_errors_have_words_of_options
    option append_limit
1: each refusal of a sign-in, once or as often as a test wants
    faults::a_sign_in_is_refused_in_each_way_of_the_table_as_often_as_said
    fault login-refused
8: System Error: retry, then halve
    faults::a_system_error_does_nothing_and_says_so_once
    fault system-error
8: batch sizes, pipelining depth, IDLE renewal
    not: A rule for clients; nothing a server does.

9: LITERAL-: 4096 octets need not wait
    appending::small_literals_need_not_wait_and_larger_ones_must
9: go ahead, APPENDUID
    appending::append_asks_for_its_literal_and_answers_appenduid
9: [X] EXISTS at once, or only after NOOP
    appending::append_to_the_selected_mailbox_announces_it
    option append_reports_exists
9: same Message-ID: same message, label added
    appending::appending_what_is_there_adds_the_label_and_throws_the_rest_away
9: a message that comes with \Deleted is expunged at once
    appending::a_message_that_comes_deleted_is_treated_as_if_it_were_stored_so
    option auto_expunge
9: dates before 1970 or in the future become now
    appending::a_date_before_1970_or_in_the_future_becomes_now
    appending::the_date_is_internaldate_and_the_msgid_follows_it
9: a label is that label and All Mail
    appending::appending_into_a_label_is_that_label_and_all_mail
    appending::appending_into_a_place_is_no_label
9: threading by References and subject
    appending::a_reply_joins_the_conversation_by_reference_and_subject
9: SMTP files the copy in Sent
    not: Concerns Google's web pages, OAuth endpoints or SMTP; not served here.
9: self-sent mail collapses into one
    appending::self_sent_mail_collapses_into_one_message
9: each version of a draft is a new message
    appending::each_appended_version_of_a_draft_is_a_new_message
9: removing from Drafts alone archives
    appending::a_draft_removed_from_drafts_alone_is_archived
9: a label applied on the web goes to the whole conversation
    news::a_label_applied_on_the_web_goes_to_the_whole_conversation

12: greeting, EHLO and what it offers
    smtp::greeting_and_offers_are_gmails
12: bad login: 535-5.7.8
    smtp::a_wrong_password_is_5_7_8
12: 465 with TLS at once, 587 with STARTTLS
    smtp::tls_first_or_by_starttls
    option smtp_starttls
12: From is rewritten unless it is an alias
    smtp::a_from_that_is_not_ones_own_is_rewritten
    option aliases
12: Bcc is stripped and kept in Sent, whose copy is automatic
    smtp::bcc_is_in_sent_alone_and_the_copy_is_read
12: the copy appears in 0 to 5 seconds
    smtp::the_copy_in_sent_may_be_late
    option sent_copy_seconds
12: its X-GM-THRID follows References
    smtp::a_reply_stands_in_its_conversation
12: SIZE 35882577; 500 recipients a day
    smtp::size_and_recipients_a_day_have_gmails_limits
    option smtp_size smtp_daily_limit
gap 1: BAD without a selected mailbox
    signing_in::the_text_for_the_wrong_state_is_an_option
    option state_error
gap 2: RENAME and DELETE of system labels
    mailboxes::system_mailboxes_cannot_be_renamed_or_deleted_in_words_of_an_option
    option system_mailbox_error
gap 3: APPEND errors
    appending::append_errors_have_words_of_options
    option too_big_error unparsable_error
gap 4: LIST order with lower case
    mailboxes::order_with_user_labels_before_special_ones_by_option
    option users_before_special
gap 5: COMPRESS OK text
    signing_in::the_compress_text_is_an_option
    option compress_ok
gap 6: flags from elsewhere on NOOP
    news::noop_tells_flags_changed_elsewhere_or_not_by_option
    option noop_reports_flags
gap 7: storing \Spam, \Trash, \Sent, \Draft
    storing::labels_that_are_places_move_or_are_ignored_by_option
    storing::sent_draft_and_muted_cannot_be_stored_but_by_option
    option trash_label spam_label sent_label_can_be_stored draft_label_can_be_stored muted_label_can_be_stored
gap 8: label length
    mailboxes::the_length_limit_is_an_option
    option label_length
gap 9: in:trash with All Mail selected
    searching::gmails_keys_combine_with_the_others
gap 10: unsolicited X-GM-* in IDLE
    news::idle_reports_nothing_but_arrivals
gap 11: BYE on the idle drop
    news::a_long_idle_is_ended_with_or_without_a_word
    option idle_end_is_bye
"""

FACTS = read_table(TABLE)
